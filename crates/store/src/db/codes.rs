//! Enums that are stored as text codes.

/// `codes! { /// … pub enum Role { /// … Student = "student" } }`: an enum whose variants are stored as
/// the given codes, with `code()`, `from_code()`, and use as a parameter and a column.
#[macro_export]
macro_rules! codes {
    ($(#[$meta:meta])* pub enum $name:ident { $($(#[$variant_meta:meta])* $variant:ident = $code:literal),* $(,)? }) => {
        $(#[$meta])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum $name { $($(#[$variant_meta])* $variant),* }

        impl $name {
            /// All variants, in order.
            pub const ALL: &[Self] = &[$(Self::$variant),*];

            /// The stored code.
            pub const fn code(self) -> &'static str {
                match self { $(Self::$variant => $code),* }
            }

            /// The variant with this code.
            pub fn from_code(code: &str) -> Option<Self> {
                match code { $($code => Some(Self::$variant),)* _ => None }
            }
        }

        impl $crate::db::ToValue for $name {
            fn to_value(&self) -> $crate::db::Value<'_> {
                $crate::db::Value::Text(std::borrow::Cow::Borrowed(self.code()))
            }
        }

        impl $crate::db::Column for $name {
            fn from_cell(cell: $crate::db::Cell<'_>) -> Option<Self> {
                match cell {
                    $crate::db::Cell::Text(code) => Self::from_code(code),
                    _ => None,
                }
            }
        }
    };
}
