//! The call of an endpoint's function: reads its arguments out of the request, in order, and makes a response of what it
//! returns.
//!
//! axum's `Handler` does the same behind a trait. rustc looks through its seventeen implementations for every function, and then
//! proves what the one that fits asks of the arguments; and all that it says about a function that does not fit is that. Here is
//! a method for each number of arguments, so that only the arguments are left to prove, and it says which of them does not fit.
//!
//! They are inlined: generated on their own, they would stand in one unit for all endpoints of an application, and be generated
//! again for all of them when one function has changed.
//!
//! Invariant: takes an [`Admitted`] request, and so runs behind the guard only.
#![expect(
    non_snake_case,
    reason = "an argument has the name of its type, for which a macro has one word"
)]

use std::future::Future;

use axum::extract::{FromRequest, FromRequestParts, Request};
use axum::response::IntoResponse;

use crate::guard::{Admitted, Answer};

impl<S> Admitted<S> {
    /// Runs a function without arguments.
    #[inline(always)]
    pub fn run_0<R>(self, function: fn() -> R) -> Answer
    where
        R: Future<Output: IntoResponse> + Send + 'static,
    {
        Box::pin(async move { function().await.into_response() })
    }
}

macro_rules! run {
    ($name:ident $($argument:ident)*) => {
        impl<S: Send + Sync + 'static> Admitted<S> {
            /// Runs a function of so many arguments, of which only the last may read the body.
            #[inline(always)]
            pub fn $name<$($argument,)* Last, Via, R>(
                self,
                function: fn($($argument,)* Last) -> R,
            ) -> Answer
            where
                $($argument: FromRequestParts<S> + Send + 'static,)*
                Last: FromRequest<S, Via> + Send + 'static,
                R: Future<Output: IntoResponse> + Send + 'static,
            {
                Box::pin(async move {
                    let (request, state) = self.into_parts();
                    $(let (mut parts, body) = request.into_parts();
                    let $argument = match $argument::from_request_parts(&mut parts, &state).await {
                        Ok(argument) => argument,
                        Err(rejection) => return rejection.into_response(),
                    };
                    let request = Request::from_parts(parts, body);)*
                    let last = match Last::from_request(request, &state).await {
                        Ok(last) => last,
                        Err(rejection) => return rejection.into_response(),
                    };
                    function($($argument,)* last).await.into_response()
                })
            }
        }
    };
}

// As many arguments as an annotation admits.
run!(run_1);
run!(run_2 A1);
run!(run_3 A1 A2);
run!(run_4 A1 A2 A3);
run!(run_5 A1 A2 A3 A4);
run!(run_6 A1 A2 A3 A4 A5);
run!(run_7 A1 A2 A3 A4 A5 A6);
run!(run_8 A1 A2 A3 A4 A5 A6 A7);
run!(run_9 A1 A2 A3 A4 A5 A6 A7 A8);
run!(run_10 A1 A2 A3 A4 A5 A6 A7 A8 A9);
run!(run_11 A1 A2 A3 A4 A5 A6 A7 A8 A9 A10);
run!(run_12 A1 A2 A3 A4 A5 A6 A7 A8 A9 A10 A11);
run!(run_13 A1 A2 A3 A4 A5 A6 A7 A8 A9 A10 A11 A12);
run!(run_14 A1 A2 A3 A4 A5 A6 A7 A8 A9 A10 A11 A12 A13);
run!(run_15 A1 A2 A3 A4 A5 A6 A7 A8 A9 A10 A11 A12 A13 A14);
run!(run_16 A1 A2 A3 A4 A5 A6 A7 A8 A9 A10 A11 A12 A13 A14 A15);

#[cfg(test)]
mod tests {
    use std::convert::Infallible;
    use std::sync::{Arc, Mutex};

    use axum::body::Body;
    use axum::response::Response;
    use http::StatusCode;
    use http::request::Parts;
    use portcullis_api_spec::{Access, EndpointDef};

    use super::*;
    use crate::guard::Guarded;

    type Read = Arc<Mutex<Vec<u8>>>;

    static OPEN: EndpointDef = EndpointDef {
        access: Access::Public { reason: "test" },
        ..EndpointDef::CLOSED
    };

    /// An argument that notes that it has been read.
    struct Noted<const NUMBER: u8>;

    impl<const NUMBER: u8> FromRequestParts<Read> for Noted<NUMBER> {
        type Rejection = Infallible;

        async fn from_request_parts(_: &mut Parts, read: &Read) -> Result<Self, Infallible> {
            read.lock().unwrap().push(NUMBER);
            Ok(Self)
        }
    }

    /// An argument that no request has.
    struct Missing;

    impl FromRequestParts<Read> for Missing {
        type Rejection = StatusCode;

        async fn from_request_parts(_: &mut Parts, _: &Read) -> Result<Self, StatusCode> {
            Err(StatusCode::CONFLICT)
        }
    }

    async fn answer(run: fn(Admitted<Read>) -> Answer) -> (StatusCode, Vec<u8>) {
        let read = Read::default();
        let guarded = Guarded::new(&OPEN, run, Arc::clone(&read));
        let response: Response = guarded.answer(Request::new(Body::from("text"))).await;
        let read = read.lock().unwrap().clone();
        (response.status(), read)
    }

    #[tokio::test]
    async fn arguments_are_read_in_order_and_the_last_may_read_the_body() {
        async fn create(_: Noted<1>, _: Noted<2>, body: String) -> (StatusCode, String) {
            assert_eq!(body, "text");
            (StatusCode::CREATED, body)
        }
        let answered = answer(|admitted| admitted.run_3(create)).await;
        assert_eq!(answered, (StatusCode::CREATED, vec![1, 2]));
    }

    #[tokio::test]
    async fn an_argument_that_does_not_fit_answers_and_nothing_behind_it_is_read() {
        async fn never(_: Noted<1>, _: Missing, _: Noted<2>) -> StatusCode {
            unreachable!("an argument is missing")
        }
        let answered = answer(|admitted| admitted.run_3(never)).await;
        assert_eq!(answered, (StatusCode::CONFLICT, vec![1]));
    }

    #[tokio::test]
    async fn a_last_argument_that_does_not_fit_answers() {
        async fn never(_: Noted<1>, _: Missing) -> StatusCode {
            unreachable!("an argument is missing")
        }
        let answered = answer(|admitted| admitted.run_2(never)).await;
        assert_eq!(answered, (StatusCode::CONFLICT, vec![1]));
    }
}
