#[path = "support/api.rs"]
mod api;

use portcullis::{Json, Path, Scalar, endpoint};

#[derive(Scalar)]
#[scalar(max_length = 12)]
pub struct Symbol(pub String);

#[endpoint(get, "/instruments/{symbol}", signed_in)]
async fn get_instrument(Path(symbol): Path<Symbol>) -> Json<bool> {
    let other: Symbol = "ALPN".parse().unwrap();
    Json(symbol.get() == other.get())
}

fn main() {
    let _ = (api::AppState, portcullis::endpoints![get_instrument]);
}
