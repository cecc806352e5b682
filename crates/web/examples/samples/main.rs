//! Writes every page with sample data as HTML files, to look at: `cargo run -p web --example samples -- DIR`.

mod pages;

use std::error::Error;
use std::path::PathBuf;
use std::{env, fs};
use web::i18n::Lang;
use web::views::assets;

fn main() -> Result<(), Box<dyn Error>> {
    let dir = PathBuf::from(env::args().nth(1).ok_or("say where: samples DIR")?);
    fs::create_dir_all(dir.join("assets"))?;
    for (_, file, asset) in assets::all() {
        fs::write(dir.join("assets").join(file), asset.bytes)?;
    }
    for lang in Lang::ALL {
        let folder = dir.join(lang.code());
        fs::create_dir_all(&folder)?;
        for (name, page) in pages::all(lang) {
            let page = page.into_string().replace("\"/assets/", "\"../assets/");
            fs::write(folder.join(format!("{name}.html")), page)?;
        }
    }
    Ok(())
}
