//! The form that all problems have: an enum whose variants have a code that stays, and arguments.

/// Declares an enum of problems. Each variant follows its code. Variants after `around` say more of another one, their
/// `problem`, and have its code.
macro_rules! coded {
    (
        $(#[$about:meta])*
        pub enum $name:ident {
            $(
                $(#[$doc:meta])*
                $code:literal $variant:ident
                    $(( $($argument:ty),+ $(,)? ))?
                    $({ $( $(#[$field_doc:meta])* $field:ident : $field_type:ty ),+ $(,)? })?
            ),+ $(,)?
            $(
                ; around $(
                    $(#[$outer_doc:meta])*
                    $outer:ident { $( $(#[$outer_field_doc:meta])* $outer_field:ident : $outer_type:ty ),+ $(,)? }
                ),+ $(,)?
            )?
        }
    ) => {
        $(#[$about])*
        #[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
        #[non_exhaustive]
        pub enum $name {
            $(
                $(#[$doc])*
                $variant $(( $($argument),+ ))? $({ $( $(#[$field_doc])* $field : $field_type ),+ })?,
            )+
            $($(
                $(#[$outer_doc])*
                $outer { $( $(#[$outer_field_doc])* $outer_field : $outer_type ),+ },
            )+)?
        }

        impl $name {
            /// All codes there are, in the order of the variants.
            pub(crate) const CODES: &[&str] = &[$($code),+];

            /// What it is called by programs: the same for good, whatever the words are.
            pub fn code(&self) -> &'static str {
                match self {
                    $( Self::$variant { .. } => $code, )+
                    $($( Self::$outer { problem, .. } => problem.code(), )+)?
                }
            }
        }
    };
}

pub(crate) use coded;
