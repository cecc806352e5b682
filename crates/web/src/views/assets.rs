//! The embedded assets: named by their content, so that they may be cached for ever.

/// One embedded file.
#[derive(Debug)]
pub struct File {
    plain: &'static str,
    url: &'static str,
    hashed: &'static str,
    /// The media type.
    pub content_type: &'static str,
    /// The bytes as they are.
    pub bytes: &'static [u8],
    /// The same, packed with gzip.
    pub gzip: &'static [u8],
}

include!(concat!(env!("OUT_DIR"), "/assets.rs"));

/// The address of an asset by its plain name (`staff.css`); empty when there is none.
pub fn url(name: &str) -> &'static str {
    FILES
        .iter()
        .find(|file| file.plain == name)
        .map_or("", |file| file.url)
}

/// The asset behind `/assets/{file}`.
pub fn lookup(file: &str) -> Option<&'static File> {
    FILES.iter().find(|candidate| candidate.hashed == file)
}

/// All assets by plain name, for the samples and the weight test.
pub fn all() -> impl Iterator<Item = (&'static str, &'static str, &'static File)> {
    FILES.iter().map(|file| (file.plain, file.hashed, file))
}
