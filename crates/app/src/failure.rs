//! Exit codes: 0 good, 1 a check failed or something went wrong, 2 usage or configuration.

use std::fmt;
use std::process::ExitCode;

/// A mistake in how the program was called or configured.
#[derive(Debug)]
pub struct Usage(pub String);

impl fmt::Display for Usage {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for Usage {}

/// An error that ends the program with code 2.
pub fn usage(message: impl Into<String>) -> anyhow::Error {
    anyhow::Error::new(Usage(message.into()))
}

/// The exit code of an error.
pub fn exit_code(error: &anyhow::Error) -> ExitCode {
    let configuration = error.chain().any(|cause| {
        cause.is::<Usage>()
            || matches!(
                cause.downcast_ref::<store::Error>(),
                Some(store::Error::Config(_) | store::Error::Keys(_))
            )
    });
    ExitCode::from(if configuration { 2 } else { 1 })
}
