//! Text nobody can guess, from the cryptographic library's generator.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;

/// Draws `N` random bytes as base64url.
pub(crate) fn draw_text<const N: usize>() -> String {
    let mut bytes = [0u8; N];
    aws_lc_rs::rand::fill(&mut bytes).expect("the operating system hands out randomness");
    URL_SAFE_NO_PAD.encode(bytes)
}
