//! The hands against the world: a mail server.

mod mail;
