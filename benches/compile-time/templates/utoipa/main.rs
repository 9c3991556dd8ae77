//! Serves the routes, or prints their document.

#[tokio::main]
async fn main() -> std::io::Result<()> {
    let (router, document) = NAME::router();
    if std::env::args().nth(1).as_deref() == Some("openapi") {
        println!("{}", document.to_pretty_json()?);
        return Ok(());
    }
    let listener = tokio::net::TcpListener::bind("127.0.0.1:8080").await?;
    axum::serve(listener, router).await
}
