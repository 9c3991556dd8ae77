use super::*;

#[test]
fn an_object_answer_has_its_type_at_the_root() {
    let tool = get_report();
    let schema = tool.output.schema().unwrap();
    assert_eq!(schema["type"], "object");
    assert!(schema["properties"]["title"].is_object());
    assert_eq!(
        tool.output.structure(json!({"title": "x"})),
        json!({"title": "x"})
    );
}

#[test]
fn an_answer_that_is_no_object_is_wrapped() {
    let mut op = Op::default();
    op.success = success_of::<Vec<Author>>(&mut op);
    let endpoint = EndpointDef {
        path: "/authors",
        ..GET_REPORT
    };
    let tool = build_tools([(&endpoint, &op)]).unwrap().remove(0);
    let schema = tool.output.schema().unwrap();
    assert_eq!(schema["properties"]["result"]["type"], "array");
    assert_eq!(
        schema["properties"]["result"]["items"]["properties"]["kind"]["$ref"],
        "#/$defs/Kind"
    );
    assert_eq!(tool.output.structure(json!([1])), json!({"result": [1]}));
}

#[test]
fn pieces_of_content_are_no_structure() {
    let mut op = Op::default();
    op.success = success_of::<Vec<Author>>(&mut op);
    op.answers_contents = true;
    let tool = build_tools([(&POST_REPORT, &op)]).unwrap().remove(0);
    assert_eq!(tool.output, ToolOutput::Contents);
    assert_eq!(tool.output.schema(), None);
}

#[test]
fn an_empty_answer_has_no_output_schema() {
    assert_eq!(create_report().output, ToolOutput::Empty);
}

#[test]
fn the_answer_of_a_job_is_what_its_place_shows() {
    let mut op = Op::default();
    op.success = Some(Success {
        status: 202,
        description: "Begun.".to_owned(),
        content: None,
        headers: BTreeMap::new(),
    });
    op.outcome = Some(op.schema_of::<Author>());
    let tool = build_tools([(&POST_REPORT, &op)]).unwrap().remove(0);
    assert_eq!(tool.wait, ToolWait::Job);
    let schema = tool.output.schema().unwrap();
    assert_eq!(schema["properties"]["kind"]["$ref"], "#/$defs/Kind");
}

#[test]
fn a_handler_that_reports_progress_is_waited_for() {
    let op = Op {
        reports_progress: true,
        ..Op::default()
    };
    let tool = build_tools([(&POST_REPORT, &op)]).unwrap().remove(0);
    assert_eq!(tool.wait, ToolWait::Work);
    assert_eq!(create_report().wait, ToolWait::Answer);
}

fn of_media_type(media_type: &'static str) -> Result<ToolOutput, String> {
    let mut op = Op::default();
    let schema = op.schema_of::<String>();
    op.success = Some(Success {
        status: 200,
        description: String::new(),
        content: Some((media_type, schema)),
        headers: BTreeMap::new(),
    });
    match build_tools([(&POST_REPORT, &op)]) {
        Ok(mut tools) => Ok(tools.remove(0).output),
        Err(errors) => Err(errors[0].to_string()),
    }
}

#[test]
fn text_is_passed_on_as_it_is() {
    for media_type in [
        "text/plain",
        "text/csv; charset=utf-8",
        "application/problem+json",
        "image/svg+xml",
        "application/yaml",
    ] {
        assert_eq!(of_media_type(media_type), Ok(ToolOutput::Text));
    }
}

#[test]
fn pictures_and_sounds_are_passed_on_as_what_they_are() {
    let media_type = "image/png";
    assert_eq!(
        of_media_type(media_type),
        Ok(ToolOutput::Image { media_type })
    );
    let media_type = "audio/wav";
    let output = of_media_type(media_type).unwrap();
    assert_eq!(output, ToolOutput::Audio { media_type });
    assert_eq!(output.schema(), None);
}

#[test]
fn what_a_model_cannot_read_is_an_error_that_says_what_to_do() {
    for media_type in ["video/mp4", "application/pdf", "application/octet-stream"] {
        let error = of_media_type(media_type).unwrap_err();
        for part in ["create_report", media_type, "take `mcp` away"] {
            assert!(error.contains(part), "{part} in {error}");
        }
    }
}

#[test]
fn a_stream_of_events_is_an_error_that_names_the_way_out() {
    let error = of_media_type("text/event-stream").unwrap_err();
    for part in ["create_report", "take `mcp` away", "`Accepted`"] {
        assert!(error.contains(part), "{part} in {error}");
    }
}
