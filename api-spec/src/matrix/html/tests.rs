use super::*;
use crate::matrix::build_matrix;
use crate::openapi::sample;

fn matrix() -> Matrix {
    build_matrix(&sample::VOCABULARY, &sample::ENDPOINTS)
}

#[test]
fn the_page_has_a_cell_for_every_operation_and_caller() {
    let matrix = matrix();
    let page = render_html(&matrix, "Sample");
    let cells = page.matches("<td class=\"allow\"").count();
    let cells = cells + page.matches("<td class=\"refuse\"").count();
    assert_eq!(cells, matrix.rows.len() * matrix.callers.len());
    assert!(
        page.contains("title=\"user:Viewer: lacks the role\""),
        "{page}"
    );
}

#[test]
fn nothing_that_an_application_says_is_markup() {
    let mut matrix = matrix();
    let evil = "\"><script>alert('1')</script>`&";
    let row = &mut matrix.rows[2].endpoint;
    row.also = Some(evil);
    row.tool = Some(evil);
    row.path = "/\"><script>";
    matrix.callers[1].id = evil.to_owned();
    let page = render_html(&matrix, evil);
    assert_eq!(page.matches("<script>").count(), 1);
    assert!(!page.contains("alert('1')"), "{page}");
    assert!(!page.contains("\"><script"), "{page}");
}

#[test]
fn the_page_needs_nothing_from_elsewhere() {
    let page = render_html(&matrix(), "Sample");
    for word in ["http://", "https://", " src=", " href=", "url(", "@import"] {
        assert!(!page.contains(word), "{word}");
    }
}

#[test]
fn code_is_closed_even_when_a_back_tick_is_missing() {
    assert_eq!(mark_code("a `b` c"), "a <code>b</code> c");
    assert_eq!(mark_code("a `b"), "a <code>b</code>");
}
