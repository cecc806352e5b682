//! The program from outside: the command line, and a school that is set up by it alone.

mod cli;
mod real_input;
mod support;
