//! Certificates of made-up employers: pictures that are drawn here and look like nobody's.

use image::{ImageFormat, Rgb, RgbImage};
use std::io::Cursor;

const SIZE: (u32, u32) = (840, 594);
const PAPER: Rgb<u8> = Rgb([252, 249, 240]);
const RED: Rgb<u8> = Rgb([178, 34, 34]);
const GOLD: Rgb<u8> = Rgb([196, 160, 82]);
const INK: Rgb<u8> = Rgb([120, 120, 128]);

fn bar(picture: &mut RgbImage, (x, y): (u32, u32), (width, height): (u32, u32), colour: Rgb<u8>) {
    for row in y..(y + height).min(SIZE.1) {
        for column in x..(x + width).min(SIZE.0) {
            picture.put_pixel(column, row, colour);
        }
    }
}

fn disc(picture: &mut RgbImage, (x, y): (i64, i64), radius: i64, colour: Rgb<u8>) {
    for (column, row, pixel) in picture.enumerate_pixels_mut() {
        let (a, b) = (i64::from(column) - x, i64::from(row) - y);
        if a * a + b * b <= radius * radius {
            *pixel = colour;
        }
    }
}

/// A certificate without a word on it: frame, emblem, lines, a seal. `n` makes each another one.
pub fn picture(n: usize) -> anyhow::Result<Vec<u8>> {
    let mut picture = RgbImage::from_pixel(SIZE.0, SIZE.1, PAPER);
    for (inset, thick, colour) in [(16, 6, GOLD), (28, 2, RED)] {
        let (width, height) = (SIZE.0 - 2 * inset, SIZE.1 - 2 * inset);
        bar(&mut picture, (inset, inset), (width, thick), colour);
        bar(
            &mut picture,
            (inset, SIZE.1 - inset - thick),
            (width, thick),
            colour,
        );
        bar(&mut picture, (inset, inset), (thick, height), colour);
        bar(
            &mut picture,
            (SIZE.0 - inset - thick, inset),
            (thick, height),
            colour,
        );
    }
    disc(&mut picture, (420, 98), 44, RED);
    disc(&mut picture, (420, 98), 36, GOLD);
    disc(&mut picture, (420, 98), 26, RED);
    bar(&mut picture, (290, 160), (260, 26), INK);
    let seed = u32::try_from(n % 7).unwrap_or(0);
    for line in 0..7 {
        let top = 220 + line * 40;
        bar(&mut picture, (96, top), (84, 12), GOLD);
        let long = 220 + (line * 53 + seed * 37) % 190;
        bar(&mut picture, (200, top), (long, 12), INK);
    }
    disc(&mut picture, (660, 468), 62, RED);
    disc(&mut picture, (660, 468), 56, PAPER);
    bar(&mut picture, (628, 460), (64, 16), RED);
    let mut bytes = Cursor::new(Vec::new());
    picture.write_to(&mut bytes, ImageFormat::Png)?;
    Ok(bytes.into_inner())
}
