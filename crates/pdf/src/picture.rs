//! The picture of a school's seal, made ready for the page: no larger than printing needs, on white, and written
//! in whichever way takes less room. Schools have one each, so the last ones are kept.

use domain::document::{Png, RenderError};
use image::codecs::jpeg::JpegEncoder;
use image::codecs::png::{CompressionType, FilterType as Filter, PngEncoder};
use image::imageops::FilterType;
use image::{DynamicImage, ImageFormat, ImageReader, Rgb, RgbImage};
use std::collections::VecDeque;
use std::io::Cursor;
use std::sync::{Mutex, PoisonError};
use typst::foundations::Bytes;

/// The longest side on the page, in pixels: the form shows it 20 mm high, and printing needs 300 dpi.
const SIDE: u32 = 300;
/// The step between two shades of a colour that are told apart: a drawn seal has hardly more than its edges, and
/// packs three times better with them.
const STEP: u32 = 36;
/// Above this, in bytes, a picture was not drawn: it is a photograph.
const DRAWN: usize = 16 * 1024;
/// Quality of a photograph.
const QUALITY: u8 = 80;
/// Seals kept ready.
const KEPT: usize = 32;

/// Seals that were made ready, the last used first.
#[derive(Default)]
pub struct Seals(Mutex<VecDeque<(Vec<u8>, Bytes)>>);

impl Seals {
    /// The seal as the form shows it. The same picture always gives the same bytes.
    pub fn drawn(&self, seal: &Png) -> Result<Bytes, RenderError> {
        let mut kept = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let at = kept.iter().position(|(source, _)| *source == seal.0);
        let found = match at.and_then(|at| kept.remove(at)) {
            Some(found) => found,
            None => (seal.0.clone(), Bytes::new(draw(&seal.0)?)),
        };
        let drawn = found.1.clone();
        kept.push_front(found);
        kept.truncate(KEPT);
        Ok(drawn)
    }
}

fn draw(png: &[u8]) -> Result<Vec<u8>, RenderError> {
    let wrong = |_| RenderError::Form("the picture of a seal cannot be read".into());
    let picture = ImageReader::with_format(Cursor::new(png), ImageFormat::Png)
        .decode()
        .map_err(wrong)?;
    let picture = if picture.width().max(picture.height()) > SIDE {
        picture.resize(SIDE, SIDE, FilterType::CatmullRom)
    } else {
        picture
    };
    let flat = on_white(&picture);
    let mut coarse = flat.clone();
    for shade in coarse.iter_mut() {
        let near = (u32::from(255 - *shade) + STEP / 2) / STEP * STEP;
        *shade = u8::try_from(255_u32.saturating_sub(near)).unwrap_or(u8::MAX);
    }
    let mut drawn = Vec::new();
    // Without a filter, as the file will have it.
    let png = PngEncoder::new_with_quality(&mut drawn, CompressionType::Best, Filter::NoFilter);
    coarse.write_with_encoder(png).map_err(wrong)?;
    if drawn.len() <= DRAWN {
        return Ok(drawn);
    }
    let mut photograph = Vec::new();
    let jpeg = JpegEncoder::new_with_quality(&mut photograph, QUALITY);
    flat.write_with_encoder(jpeg).map_err(wrong)?;
    Ok(if photograph.len() < drawn.len() {
        photograph
    } else {
        drawn
    })
}

/// What the eye sees of it on paper; the stamp's ground is white.
fn on_white(picture: &DynamicImage) -> RgbImage {
    let mut flat = RgbImage::new(picture.width(), picture.height());
    for (to, from) in flat.pixels_mut().zip(picture.to_rgba8().pixels()) {
        let [red, green, blue, cover] = from.0.map(u32::from);
        let mix =
            |value: u32| u8::try_from((value * cover + 255 * (255 - cover) + 127) / 255).unwrap_or(u8::MAX);
        *to = Rgb([mix(red), mix(green), mix(blue)]);
    }
    flat
}

#[cfg(test)]
mod tests {
    use super::*;
    use image::{Rgba, RgbaImage};

    fn png(picture: &RgbaImage) -> Png {
        let mut bytes = Vec::new();
        picture.write_with_encoder(PngEncoder::new(&mut bytes)).unwrap();
        Png(bytes)
    }

    #[test]
    fn a_large_seal_is_made_smaller_and_the_same_one_stays_the_same() {
        let ring = RgbaImage::from_fn(2000, 1000, |x, y| {
            Rgba([200, 20, 20, if (x + y) % 300 < 40 { 255 } else { 0 }])
        });
        let seals = Seals::default();
        let first = seals.drawn(&png(&ring)).unwrap();
        let size = ImageReader::new(Cursor::new(first.as_slice()))
            .with_guessed_format()
            .unwrap()
            .into_dimensions()
            .unwrap();
        assert_eq!(size, (SIDE, SIDE / 2));
        assert_eq!(seals.drawn(&png(&ring)).unwrap(), first);
        assert_eq!(Seals::default().drawn(&png(&ring)).unwrap(), first);
        assert_eq!(seals.0.lock().unwrap().len(), 1);
    }

    #[test]
    fn what_is_transparent_is_white_and_what_is_half_so_is_half() {
        let drawn = on_white(&DynamicImage::ImageRgba8(RgbaImage::from_fn(3, 1, |x, _| {
            Rgba([255, 0, 0, [0, 128, 255][x as usize]])
        })));
        assert_eq!(
            drawn.as_raw().chunks(3).collect::<Vec<_>>(),
            [[255, 255, 255], [255, 127, 127], [255, 0, 0]]
        );
    }

    #[test]
    fn a_photograph_of_a_seal_stays_small() {
        let mut state = 1_u32;
        let noise = RgbaImage::from_fn(600, 600, |x, y| {
            state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            let grain = u8::try_from(state >> 28).unwrap();
            let round = (x as i64 - 300).pow(2) + (y as i64 - 300).pow(2);
            if (200 * 200..250 * 250).contains(&round) {
                Rgba([190 + grain, 40 + grain, 40 + grain, 255])
            } else {
                Rgba([235 + grain, 235 + grain, 230 + grain, 255])
            }
        });
        let drawn = Seals::default().drawn(&png(&noise)).unwrap();
        assert!(drawn.len() < 45_000, "{}", drawn.len());
    }
}
