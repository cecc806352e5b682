//! Pictures: decoded and encoded anew, so that nothing is left of them but what one sees. Positions, cameras,
//! thumbnails, profiles and whatever hangs on behind stay outside.

use super::{Fault, Kind, PIXELS};
use image::codecs::jpeg::JpegEncoder;
use image::codecs::png::PngEncoder;
use image::imageops::FilterType;
use image::{DynamicImage, ImageDecoder, ImageError, ImageFormat, ImageReader};
use std::io::Cursor;

/// Quality of a JPEG made anew: writing stays readable.
const QUALITY: u8 = 90;
/// The longest side.
const SIDE: u32 = 20_000;
/// What decoding may take, in bytes.
const MEMORY: u64 = 200 << 20;

/// The picture made anew.
pub fn clean(bytes: &[u8], kind: Kind) -> Result<Vec<u8>, Fault> {
    let format = if kind == Kind::Png {
        ImageFormat::Png
    } else {
        ImageFormat::Jpeg
    };
    let picture = decode(bytes, format).map_err(|error| fault(&error, kind))?;
    encode(&picture, format).map_err(|_| Fault::Broken(kind))
}

/// The picture as a PNG, made smaller where a side is longer than `side`.
pub fn drawn(bytes: &[u8], kind: Kind, side: u32) -> Result<Vec<u8>, Fault> {
    let format = if kind == Kind::Png {
        ImageFormat::Png
    } else {
        ImageFormat::Jpeg
    };
    let picture = decode(bytes, format).map_err(|error| fault(&error, kind))?;
    let picture = if picture.width().max(picture.height()) > side {
        picture.resize(side, side, FilterType::CatmullRom)
    } else {
        picture
    };
    encode(&picture, ImageFormat::Png).map_err(|_| Fault::Broken(kind))
}

fn decode(bytes: &[u8], format: ImageFormat) -> Result<DynamicImage, ImageError> {
    let mut reader = ImageReader::with_format(Cursor::new(bytes), format);
    let mut limits = image::Limits::default();
    limits.max_image_width = Some(SIDE);
    limits.max_image_height = Some(SIDE);
    limits.max_alloc = Some(MEMORY);
    reader.limits(limits);
    let mut decoder = reader.into_decoder()?;
    let (width, height) = decoder.dimensions();
    if u64::from(width) * u64::from(height) > PIXELS || decoder.total_bytes() > MEMORY {
        let kind = image::error::LimitErrorKind::DimensionError;
        return Err(ImageError::Limits(image::error::LimitError::from_kind(kind)));
    }
    // A phone writes a picture as it holds it and says how to turn it; that is lost with the rest.
    let turn = decoder.orientation()?;
    let mut picture = DynamicImage::from_decoder(decoder)?;
    picture.apply_orientation(turn);
    Ok(picture)
}

/// Eight bits a channel, as every reader knows them.
fn encode(picture: &DynamicImage, format: ImageFormat) -> Result<Vec<u8>, ImageError> {
    let mut out = Vec::new();
    let grey = !picture.color().has_color();
    if format == ImageFormat::Jpeg {
        let encoder = JpegEncoder::new_with_quality(&mut out, QUALITY);
        if grey {
            picture.to_luma8().write_with_encoder(encoder)?;
        } else {
            picture.to_rgb8().write_with_encoder(encoder)?;
        }
    } else {
        let encoder = PngEncoder::new(&mut out);
        match (grey, picture.color().has_alpha()) {
            (true, false) => picture.to_luma8().write_with_encoder(encoder)?,
            (true, true) => picture.to_luma_alpha8().write_with_encoder(encoder)?,
            (false, false) => picture.to_rgb8().write_with_encoder(encoder)?,
            (false, true) => picture.to_rgba8().write_with_encoder(encoder)?,
        }
    }
    Ok(out)
}

fn fault(error: &ImageError, kind: Kind) -> Fault {
    match error {
        ImageError::Limits(_) => Fault::TooManyPixels,
        _ => Fault::Broken(kind),
    }
}
