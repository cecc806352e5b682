//! QR codes as a drawing: one path, sharp at every size.

use domain::document::RenderError;
use qrcodegen::{QrCode, QrCodeEcc};
use std::fmt::Write;

/// White modules around the code. The norm asks for four; the header's white space gives the rest.
const QUIET: i32 = 2;

/// `text` as an SVG image.
pub fn svg(text: &str) -> Result<String, RenderError> {
    let code = QrCode::encode_text(text, QrCodeEcc::Medium).map_err(|_| RenderError::Qr)?;
    let mut path = String::new();
    for y in 0..code.size() {
        let mut x = 0;
        while x < code.size() {
            let start = x;
            while code.get_module(x, y) {
                x += 1;
            }
            if x > start {
                // Writing to a String cannot fail.
                let _ = write!(
                    path,
                    "M{} {}h{}v1h-{}z",
                    start + QUIET,
                    y + QUIET,
                    x - start,
                    x - start
                );
            }
            x += 1;
        }
    }
    let side = code.size() + 2 * QUIET;
    Ok(format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {side} {side}\"><path d=\"{path}\"/></svg>"
    ))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_code_is_one_path_and_too_much_text_is_refused() {
        let image = svg("https://sanfang.example/v/0123456789abcdefghijkl").unwrap();
        assert_eq!(image.matches("<path").count(), 1);
        assert!(
            image.contains("M2 2h7v1h-7z"),
            "the finder pattern in the corner: {image}"
        );
        assert_eq!(svg(&"长".repeat(2000)), Err(RenderError::Qr));
    }
}
