//! Finds the fonts and has them built into the program; no font is kept in this repository.
//!
//! Looked for in `SANFANG_FONT_DIR` (all files in one folder), then where npm and Debian put them.

use std::error::Error;
use std::path::{Path, PathBuf};
use std::{env, fs, process::ExitCode};

/// A font file and where it comes from.
struct Font {
    file: &'static str,
    /// Folders, absolute or below the workspace.
    places: &'static [&'static str],
    package: &'static str,
}

/// All that `src/engine.rs` builds in.
const FONTS: [Font; 4] = [
    Font {
        file: "NotoSerifSC_400Regular.ttf",
        places: &["node_modules/@expo-google-fonts/noto-serif-sc/400Regular"],
        package: "npm package @expo-google-fonts/noto-serif-sc",
    },
    Font {
        file: "NotoSerifSC_700Bold.ttf",
        places: &["node_modules/@expo-google-fonts/noto-serif-sc/700Bold"],
        package: "npm package @expo-google-fonts/noto-serif-sc",
    },
    Font {
        file: "BabelStoneHan.ttf",
        places: &["/usr/share/fonts/truetype/babelstone"],
        package: "Debian package fonts-babelstone-han",
    },
    Font {
        file: "HanaMinB.ttf",
        places: &["/usr/share/fonts/truetype/hanazono"],
        package: "Debian package fonts-hanazono",
    },
];

fn main() -> ExitCode {
    match embed() {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            tell(&format!("error={error}"));
            ExitCode::FAILURE
        }
    }
}

fn embed() -> Result<(), Box<dyn Error>> {
    tell("rerun-if-changed=build.rs");
    tell("rerun-if-env-changed=SANFANG_FONT_DIR");
    let root = Path::new(&env::var("CARGO_MANIFEST_DIR")?).join("../..");
    let out = PathBuf::from(env::var("OUT_DIR")?);
    for font in &FONTS {
        let source = find(font, &root).ok_or_else(|| {
            format!(
                "the font {} is missing: install the {} (`make setup` does)",
                font.file, font.package
            )
        })?;
        tell(&format!("rerun-if-changed={}", source.display()));
        // Not `fs::copy`: it would keep a read-only mode, and the next build could not write.
        fs::write(out.join(font.file), fs::read(&source)?)?;
    }
    Ok(())
}

fn find(font: &Font, root: &Path) -> Option<PathBuf> {
    let given = env::var_os("SANFANG_FONT_DIR").map(PathBuf::from);
    let usual = font.places.iter().map(|place| root.join(place));
    given
        .into_iter()
        .chain(usual)
        .map(|folder| folder.join(font.file))
        .find(|path| path.is_file())
}

/// Speaks to cargo.
fn tell(instruction: &str) {
    println!("cargo::{instruction}");
}
