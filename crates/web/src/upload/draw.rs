//! Pages of PDFs as pictures, for pages that show what somebody sent. Made each time they are asked for, in the
//! confined process, and not kept. What cannot be drawn whole is not drawn at all: a certificate without half
//! of its letters would say something else than the file does.

use super::Kind;
use hayro::hayro_interpret::InterpreterSettings;
use hayro::hayro_interpret::font::{FontData, FontQuery};
use hayro::hayro_interpret::hayro_cmap::CidFamily;
use hayro::hayro_syntax::Pdf;
use hayro::vello_cpu::Pixmap;
use hayro::vello_cpu::color::palette::css::WHITE;
use hayro::{RenderCache, RenderSettings, render};
use image::codecs::jpeg::JpegEncoder;
use serde::{Deserialize, Serialize};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

/// The most pages of one file that are shown; for the rest there is the file itself.
pub const SHOWN: u32 = 5;
/// The longer side of such a picture in pixels.
pub const SIDE: u16 = 1_400;
/// Quality of the picture: print of six points stays readable.
const QUALITY: u8 = 85;

/// Why a page is not drawn.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, thiserror::Error)]
pub enum Undrawn {
    /// There is no such page.
    #[error("no such page")]
    Missing,
    /// It cannot be read.
    #[error("cannot be read")]
    Broken,
    /// Something on it would be missing: letters of a font that is not in the file, a picture of an unknown kind.
    #[error("something would be missing")]
    Partly,
    /// It takes too much memory or time, or broke whoever drew it.
    #[error("more than the limits allow")]
    Over,
    /// Whoever draws cannot be started.
    #[error("not started")]
    Unread,
}

/// A page, counted from 1, as a JPEG on white. `letters` is a font for Chinese where the file brings none and
/// says by a national code which characters it means; empty if there is none. Blocks.
pub(super) fn draw(bytes: &[u8], page: u32, letters: &'static [u8]) -> Result<Vec<u8>, Undrawn> {
    let drawn = catch_unwind(AssertUnwindSafe(|| drawn(bytes, page, letters)));
    drawn.unwrap_or(Err(Undrawn::Broken))
}

fn drawn(bytes: &[u8], page: u32, letters: &'static [u8]) -> Result<Vec<u8>, Undrawn> {
    if Kind::of(bytes) != Some(Kind::Pdf) {
        return Err(Undrawn::Broken);
    }
    let pdf = Pdf::new(bytes.to_vec()).map_err(|_| Undrawn::Broken)?;
    let place = usize::try_from(page).ok().and_then(|page| page.checked_sub(1));
    let found = place.and_then(|place| pdf.pages().get(place));
    let found = found.ok_or(Undrawn::Missing)?;
    let (width, height) = found.render_dimensions();
    let longer = width.max(height);
    if !(longer.is_finite() && width > 0.0 && height > 0.0) {
        return Err(Undrawn::Broken);
    }
    let scale = f32::from(SIDE) / longer;
    let settings = RenderSettings {
        x_scale: scale,
        y_scale: scale,
        width: Some(pixels(width * scale)),
        height: Some(pixels(height * scale)),
        bg_color: WHITE,
    };
    let partly = Arc::new(AtomicBool::new(false));
    let drawn = render(found, &RenderCache::new(), &reading(letters, &partly), &settings);
    if partly.load(Ordering::Relaxed) {
        return Err(Undrawn::Partly);
    }
    packed(&drawn)
}

#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "between 1 and SIDE"
)]
fn pixels(length: f32) -> u16 {
    length.round().clamp(1.0, f32::from(SIDE)) as u16
}

/// How a page is read; `partly` is set when something of it will be missing.
fn reading(letters: &'static [u8], partly: &Arc<AtomicBool>) -> InterpreterSettings {
    let (unknown, warned) = (partly.clone(), partly.clone());
    InterpreterSettings {
        font_resolver: Arc::new(move |query| {
            let found = font(query, letters);
            if found.is_none() {
                unknown.store(true, Ordering::Relaxed);
            }
            found
        }),
        warning_sink: Arc::new(move |_| warned.store(true, Ordering::Relaxed)),
        ..InterpreterSettings::default()
    }
}

/// What stands in for a font that is not in the file. For a composite font only where it says by Adobe-GB1 which
/// characters are meant: by any other numbers they would be some characters, not these.
fn font(query: &FontQuery, letters: &'static [u8]) -> Option<(FontData, u32)> {
    match query {
        FontQuery::Standard(font) => Some(font.get_font_data()),
        FontQuery::Fallback(wanted) => match &wanted.character_collection {
            None => Some(wanted.pick_standard_font().get_font_data()),
            Some(collection) if collection.family == CidFamily::AdobeGB1 && !letters.is_empty() => {
                Some((Arc::new(letters), 0))
            }
            Some(_) => None,
        },
    }
}

fn packed(drawn: &Pixmap) -> Result<Vec<u8>, Undrawn> {
    // On white nothing is left to shine through.
    let plain: Vec<u8> = drawn
        .data_as_u8_slice()
        .chunks_exact(4)
        .flat_map(|pixel| [pixel[0], pixel[1], pixel[2]])
        .collect();
    let mut out = Vec::new();
    let (width, height) = (drawn.width().into(), drawn.height().into());
    let mut encoder = JpegEncoder::new_with_quality(&mut out, QUALITY);
    encoder
        .encode(&plain, width, height, image::ExtendedColorType::Rgb8)
        .map_err(|_| Undrawn::Broken)?;
    Ok(out)
}
