//! Media types that bodies are read from and written in.

/// JSON (RFC 8259).
pub const JSON: &str = "application/json";

/// Name-value pairs as HTML forms send them (WHATWG URL standard, section 5).
pub const FORM: &str = "application/x-www-form-urlencoded";
