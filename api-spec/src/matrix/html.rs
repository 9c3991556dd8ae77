//! The matrix as one page for a browser: read it, filter it, print it. It needs no network and no server.
//!
//! Without scripts the whole table is there and the filters are not. Invariant: every text that comes from an
//! application is escaped, and the page's own policy admits nothing from elsewhere.

use super::{CallerProfile, Matrix, ProfileKind, Row, render_cell};
use crate::access_sentence::render_who;
use crate::{Decision, Denial, escape_html};

const STYLE: &str = include_str!("html/page.css");
const SCRIPT: &str = include_str!("html/page.js");

/// Renders the matrix as a page; `title` names the application.
#[must_use]
pub fn render_html(matrix: &Matrix, title: &str) -> String {
    let title = escape_html(title);
    let mut page = format!(
        "<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n\
         <meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; \
         style-src 'unsafe-inline'; script-src 'unsafe-inline'; base-uri 'none'; form-action 'none'\">\n\
         <title>{title}: access matrix</title>\n<style>\n{STYLE}</style>\n</head>\n<body>\n\
         <header>\n<h1>{title} <span>access matrix</span></h1>\n\
         <p>Who may call which operation, as the guard decides it. A cell shows what that kind of caller is answered.</p>\n"
    );
    push_filters(&mut page, matrix);
    page.push_str("</header>\n<main tabindex=\"0\" aria-label=\"Matrix\">\n<table>\n");
    push_head(&mut page, matrix);
    page.push_str("<tbody>\n");
    for row in &matrix.rows {
        push_row(&mut page, &matrix.callers, row);
    }
    page.push_str("</tbody>\n</table>\n<p id=\"none\" hidden>No operation passes these filters.</p>\n</main>\n");
    push_legend(&mut page);
    page.push_str(&format!("<script>\n{SCRIPT}</script>\n</body>\n</html>\n"));
    page
}

fn push_filters(page: &mut String, matrix: &Matrix) {
    page.push_str("<form id=\"filters\" hidden>\n");
    page.push_str(
        "<label>Text <input type=\"search\" id=\"text\" placeholder=\"path, id, role, rule\"></label>\n\
         <label>Caller <select id=\"caller\"><option value=\"\">any</option>",
    );
    for (index, caller) in matrix.callers.iter().enumerate() {
        let id = escape_html(&caller.id);
        page.push_str(&format!("<option value=\"{index}\">{id}</option>"));
    }
    page.push_str(
        "</select></label>\n\
         <label>is <select id=\"answer\" disabled><option value=\"allow\">admitted</option>\
         <option value=\"refuse\">refused</option></select></label>\n\
         <label>Access <select id=\"access\"><option value=\"\">any</option>",
    );
    for (value, words) in ACCESS_KINDS {
        page.push_str(&format!("<option value=\"{value}\">{words}</option>"));
    }
    page.push_str(
        "</select></label>\n\
         <label>Tool <select id=\"tool\"><option value=\"\">any</option><option value=\"yes\">is a tool</option>\
         <option value=\"no\">is none</option></select></label>\n\
         <button type=\"reset\">Show all</button>\n<output id=\"count\" aria-live=\"polite\"></output>\n</form>\n",
    );
}

const ACCESS_KINDS: [(&str, &str); 4] = [
    ("public", "public"),
    ("signed_in", "signed in"),
    ("restricted", "restricted"),
    ("deny_all", "nobody"),
];

fn push_head(page: &mut String, matrix: &Matrix) {
    page.push_str("<thead>\n<tr><th scope=\"col\" class=\"name\">Operation</th>");
    page.push_str("<th scope=\"col\" class=\"rule\">Who may call it</th>");
    for (index, caller) in matrix.callers.iter().enumerate() {
        let id = escape_html(&caller.id);
        let words = describe_caller(caller);
        page.push_str(&format!(
                "<th scope=\"col\" class=\"caller {}\" data-column=\"{index}\" title=\"{}\"><span>{id}</span></th>",
                kind_word(caller.kind),
                escape_html(&words)
            ));
    }
    page.push_str("</tr>\n</thead>\n");
}

fn push_row(page: &mut String, callers: &[CallerProfile], row: &Row) {
    let endpoint = &row.endpoint;
    let rule = render_who(&endpoint.access, endpoint.also);
    let over_mcp = [
        ("tool", endpoint.tool),
        ("resource", endpoint.resource.map(|resource| resource.uri)),
        ("prompt", endpoint.prompt),
    ];
    let over_mcp = over_mcp.into_iter().filter_map(|(kind, name)| {
        let name = escape_html(name?);
        Some(format!(
            " <span class=\"tool\" title=\"MCP {kind}\">{kind} {name}</span>"
        ))
    });
    let over_mcp: String = over_mcp.collect();
    let deprecated = match endpoint.deprecated {
        true => " <span class=\"deprecated\">deprecated</span>",
        false => "",
    };
    page.push_str(&format!(
            "<tr data-access=\"{access}\" data-tool=\"{is_tool}\">\
             <th scope=\"row\" class=\"name\"><code><b class=\"{method}\">{method}</b> {path}</code>\
             <small>{id}{over_mcp}{deprecated}</small></th><td class=\"rule\">{rule}</td>",
            access = endpoint.access.as_str(),
            is_tool = if endpoint.tool.is_some() { "yes" } else { "no" },
            method = endpoint.method.as_str(),
            path = escape_html(&endpoint.full_path()),
            id = escape_html(endpoint.operation_id),
            rule = mark_code(&escape_html(&rule)),
        ));
    for (index, (caller, decision)) in callers.iter().zip(&row.decisions).enumerate() {
        let id = escape_html(&caller.id);
        let (class, sign, words) = match decision {
            Decision::Allow => ("allow", "✓", "admitted"),
            Decision::Deny(denial) => ("refuse", render_cell(*decision), denial_words(*denial)),
        };
        page.push_str(&format!(
                "<td class=\"{class}\" data-column=\"{index}\" title=\"{id}: {words}\">\
                 <span aria-hidden=\"true\">{sign}</span><span class=\"spoken\">{sign}: {words}</span></td>"
            ));
    }
    page.push_str("</tr>\n");
}

fn push_legend(page: &mut String) {
    page.push_str(
        "<footer><p><b class=\"allow\">✓</b> the handler runs. <b class=\"refuse\">401</b> no credential. \
         <b class=\"refuse\">403</b> not this caller; point at it for the reason. A user is named by the role held, \
         <code>:no-scope</code> means that the token carries none. <code>poc</code> is the caller of POC mode when \
         nothing narrows it.</p></footer>\n",
    );
}

fn describe_caller(caller: &CallerProfile) -> String {
    let Some(rights) = &caller.rights else {
        return "no credential".to_owned();
    };
    let list = |names: &std::collections::BTreeSet<String>| match names.is_empty() {
        true => "none".to_owned(),
        false => names
            .iter()
            .map(String::as_str)
            .collect::<Vec<_>>()
            .join(", "),
    };
    format!(
        "{}; roles: {}; scopes: {}",
        kind_word(caller.kind),
        list(&rights.roles),
        list(&rights.scopes)
    )
}

const fn kind_word(kind: ProfileKind) -> &'static str {
    match kind {
        ProfileKind::Anonymous => "anonymous",
        ProfileKind::User => "user",
        ProfileKind::Application => "application",
        ProfileKind::Poc => "poc",
    }
}

const fn denial_words(denial: Denial) -> &'static str {
    match denial {
        Denial::Unauthenticated => "no credential",
        Denial::Nobody => "nobody is admitted",
        Denial::UsersOnly => "only users are admitted",
        Denial::ApplicationsOnly => "only applications are admitted",
        Denial::MissingRole => "lacks the role",
        Denial::MissingScope => "lacks the scope",
        Denial::MissingContext => "signed in otherwise",
    }
}

/// Turns the back-ticks of a sentence that is already escaped into code.
fn mark_code(escaped: &str) -> String {
    let mut marked = String::new();
    for (index, part) in escaped.split('`').enumerate() {
        if index > 0 {
            marked.push_str(if index % 2 == 1 { "<code>" } else { "</code>" });
        }
        marked.push_str(part);
    }
    if escaped.matches('`').count() % 2 == 1 {
        marked.push_str("</code>");
    }
    marked
}

#[cfg(test)]
mod tests;
