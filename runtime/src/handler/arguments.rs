//! Reads the arguments of a function out of the request, in order.
//!
//! Says nothing about the function, so that it is generated once for all that take the same, and stands in a unit that no edit of
//! a function changes.

use axum::extract::{FromRequest, FromRequestParts, Request};
use axum::response::{IntoResponse, Response};

use crate::guard::Admitted;

macro_rules! read {
    (@leading $request:ident $state:ident) => {};
    (@leading $request:ident $state:ident $($argument:ident)+) => {
        let (mut parts, body) = $request.into_parts();
        $(let $argument = match $argument::from_request_parts(&mut parts, &$state).await {
            Ok(argument) => argument,
            Err(rejection) => return Err(rejection.into_response()),
        };)+
        let $request = Request::from_parts(parts, body);
    };
    ($name:ident $($argument:ident)*) => {
        pub(super) async fn $name<S, $($argument,)* Last, Via>(
            admitted: Admitted<S>,
        ) -> Result<($($argument,)* Last,), Response>
        where
            S: Send + Sync + 'static,
            $($argument: FromRequestParts<S> + Send + 'static,)*
            Last: FromRequest<S, Via> + Send + 'static,
        {
            let (request, state) = admitted.into_parts();
            read!(@leading request state $($argument)*);
            match Last::from_request(request, &state).await {
                Ok(last) => Ok(($($argument,)* last,)),
                Err(rejection) => Err(rejection.into_response()),
            }
        }
    };
}

/// Invokes a macro for each number of arguments that an annotation admits, from one on.
macro_rules! for_each_number {
    ($macro:ident) => {
        $macro!(run_1);
        $macro!(run_2 A1);
        $macro!(run_3 A1 A2);
        $macro!(run_4 A1 A2 A3);
        $macro!(run_5 A1 A2 A3 A4);
        $macro!(run_6 A1 A2 A3 A4 A5);
        $macro!(run_7 A1 A2 A3 A4 A5 A6);
        $macro!(run_8 A1 A2 A3 A4 A5 A6 A7);
        $macro!(run_9 A1 A2 A3 A4 A5 A6 A7 A8);
        $macro!(run_10 A1 A2 A3 A4 A5 A6 A7 A8 A9);
        $macro!(run_11 A1 A2 A3 A4 A5 A6 A7 A8 A9 A10);
        $macro!(run_12 A1 A2 A3 A4 A5 A6 A7 A8 A9 A10 A11);
        $macro!(run_13 A1 A2 A3 A4 A5 A6 A7 A8 A9 A10 A11 A12);
        $macro!(run_14 A1 A2 A3 A4 A5 A6 A7 A8 A9 A10 A11 A12 A13);
        $macro!(run_15 A1 A2 A3 A4 A5 A6 A7 A8 A9 A10 A11 A12 A13 A14);
        $macro!(run_16 A1 A2 A3 A4 A5 A6 A7 A8 A9 A10 A11 A12 A13 A14 A15);
    };
}
pub(super) use for_each_number;

for_each_number!(read);
