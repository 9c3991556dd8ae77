// #[derive(Debug, Scalar)]
// /// The symbol of an instrument.
// #[scalar(
//     min_length = 1,
//     max_length = 12,
//     pattern = "^[A-Z]*$",
//     example = "ALPN",
//     header = "x-symbol"
// )]
// pub struct Symbol(String);

const _: () = {
    use crate::api::__portcullis;
    #[automatically_derived]
    impl __portcullis::Scalar for Symbol {
        type Inner = String;
        const DEF: __portcullis::ScalarDef = __portcullis::ScalarDef {
            name: "Symbol",
            description: "The symbol of an instrument.",
            min_length: ::core::option::Option::Some(1),
            max_length: ::core::option::Option::Some(12),
            pattern: ::core::option::Option::Some("^[A-Z]*$"),
            format: ::core::option::Option::None,
            minimum: ::core::option::Option::None,
            maximum: ::core::option::Option::None,
            exclusive_minimum: ::core::option::Option::None,
            exclusive_maximum: ::core::option::Option::None,
            example: ::core::option::Option::Some("ALPN"),
        };
    }
    const _: () = __portcullis::check_scalar::<
        String,
    >(&<Symbol as __portcullis::Scalar>::DEF);
    impl Symbol {
        ///The value itself.
        #[must_use]
        pub const fn get(&self) -> &String {
            &self.0
        }
    }
    #[automatically_derived]
    impl ::core::convert::TryFrom<String> for Symbol {
        type Error = __portcullis::ScalarFault;
        fn try_from(value: String) -> ::core::result::Result<Self, Self::Error> {
            static PATTERN: __portcullis::Pattern = __portcullis::Pattern::new(
                "^[A-Z]*$",
            );
            let pattern = ::core::option::Option::Some(PATTERN.regex());
            <Self as __portcullis::Scalar>::DEF.check(&value, pattern)?;
            ::core::result::Result::Ok(Self(value))
        }
    }
    #[automatically_derived]
    impl ::core::convert::From<Symbol> for String {
        fn from(scalar: Symbol) -> Self {
            scalar.0
        }
    }
    #[automatically_derived]
    impl ::core::str::FromStr for Symbol {
        type Err = __portcullis::ScalarFault;
        fn from_str(text: &str) -> ::core::result::Result<Self, Self::Err> {
            __portcullis::parse_scalar(text)
        }
    }
    #[automatically_derived]
    impl ::core::fmt::Display for Symbol {
        fn fmt(
            &self,
            formatter: &mut ::core::fmt::Formatter<'_>,
        ) -> ::core::fmt::Result {
            ::core::fmt::Display::fmt(&self.0, formatter)
        }
    }
    #[automatically_derived]
    impl __portcullis::serde::Serialize for Symbol {
        fn serialize<S: __portcullis::serde::Serializer>(
            &self,
            serializer: S,
        ) -> ::core::result::Result<S::Ok, S::Error> {
            __portcullis::serde::Serialize::serialize(&self.0, serializer)
        }
    }
    #[automatically_derived]
    impl<'de> __portcullis::serde::Deserialize<'de> for Symbol {
        fn deserialize<D: __portcullis::serde::Deserializer<'de>>(
            deserializer: D,
        ) -> ::core::result::Result<Self, D::Error> {
            __portcullis::deserialize_scalar(deserializer)
        }
    }
    #[automatically_derived]
    impl __portcullis::PartialSchema for Symbol {
        fn schema() -> __portcullis::RefOr<__portcullis::Schema> {
            <Self as __portcullis::Scalar>::DEF.schema::<String>()
        }
    }
    #[automatically_derived]
    impl __portcullis::ToSchema for Symbol {
        fn name() -> __portcullis::Cow<'static, str> {
            __portcullis::Cow::Borrowed(<Self as __portcullis::Scalar>::DEF.name)
        }
    }
    #[automatically_derived]
    impl __portcullis::PathSegment for Symbol {}
    #[automatically_derived]
    impl __portcullis::HeaderValueType for Symbol {
        const NAME: &'static str = "x-symbol";
        const DESCRIPTION: &'static str = "The symbol of an instrument.";
        fn parse(value: &str) -> ::core::result::Result<Self, __portcullis::String> {
            __portcullis::parse_scalar(value)
                .map_err(|fault: __portcullis::ScalarFault| {
                    __portcullis::format!("{fault}")
                })
        }
    }
};
