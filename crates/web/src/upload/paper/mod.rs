//! PDFs: read whole, refused when they act (scripts, programs, files within), and otherwise written anew from
//! what the pages show. Older revisions, metadata, links, forms and whatever hangs before or behind are gone.

mod copy;
mod scan;
mod weigh;

use super::{Fault, Kind, PAGES};
use lopdf::{Document, Error, LoadOptions};
use std::panic::{AssertUnwindSafe, catch_unwind};

pub(super) const BROKEN: Fault = Fault::Broken(Kind::Pdf);

/// The PDF made anew, and its pages.
pub fn clean(bytes: &[u8]) -> Result<(Vec<u8>, usize), Fault> {
    weigh::structure(bytes)?;
    let options = LoadOptions {
        // An object that cannot be read is not skipped: skipping may take for ever.
        strict: true,
        filter: Some(weigh::tame),
        max_decompressed_size: Some(weigh::STRUCTURE),
        ..LoadOptions::default()
    };
    let loaded = catch_unwind(AssertUnwindSafe(|| {
        Document::load_mem_with_options(bytes, options)
    }));
    let found = match loaded {
        Ok(found) => found.map_err(|error| fault(&error))?,
        Err(why) => return Err(why.downcast_ref().copied().unwrap_or(BROKEN)),
    };
    if found.is_encrypted() || found.was_encrypted() {
        return Err(Fault::Encrypted);
    }
    scan::acts(&found)?;
    let pages: Vec<_> = found.page_iter().take(PAGES + 1).collect();
    match pages.len() {
        0 => return Err(BROKEN),
        n if n > PAGES => return Err(Fault::TooManyPages),
        _ => {}
    }
    let mut anew = copy::pages(&found, &pages)?;
    let mut out = Vec::new();
    anew.save_to(&mut out).map_err(|_| BROKEN)?;
    Ok((out, pages.len()))
}

fn fault(error: &Error) -> Fault {
    match error {
        Error::Decryption(_) | Error::InvalidPassword | Error::UnsupportedSecurityHandler(_) => {
            Fault::Encrypted
        }
        Error::Decompress(_) => Fault::Bomb,
        _ => BROKEN,
    }
}
