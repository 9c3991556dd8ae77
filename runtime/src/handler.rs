//! The call of an endpoint's function: reads its arguments out of the request, in order, and makes a response of what it
//! returns.
//!
//! axum's `Handler` does the same behind a trait. rustc looks through its seventeen implementations for every function, and then
//! proves what the one that fits asks of the arguments; and all that it says about a function that does not fit is that. Here is
//! a method for each number of arguments, so that only the arguments are left to prove, and it says which of them does not fit.
//!
//! rustc generates all instances of a generic function again when one of them has changed. So what is the same for many functions,
//! reading their [`arguments`], knows nothing of the function, and what is the function's own is inlined: it is generated where
//! the application calls it.
//!
//! Invariant: takes an [`Admitted`] request, and so runs behind the guard only.
#![expect(
    non_snake_case,
    reason = "an argument has the name of its type, for which a macro has one word"
)]

mod arguments;

use std::future::Future;
use std::pin::Pin;
use std::task::{Context, Poll, ready};

use axum::extract::{FromRequest, FromRequestParts};
use axum::response::{IntoResponse, Response};
use pin_project_lite::pin_project;

use crate::guard::{Admitted, Answer};

pin_project! {
    /// A call of a function: first its arguments are read, then it runs.
    #[project = Step]
    enum Call<Reading, Function: Apply> {
        Read { #[pin] reading: Reading, function: Function },
        Run { #[pin] running: Function::Running },
    }
}

/// A pointer to a function that is called with all of its arguments at once.
trait Apply: Copy {
    type Arguments;
    type Running: Future<Output: IntoResponse>;

    fn apply(self, arguments: Self::Arguments) -> Self::Running;
}

impl<Reading, Function> Future for Call<Reading, Function>
where
    Reading: Future<Output = Result<Function::Arguments, Response>>,
    Function: Apply,
{
    type Output = Response;

    #[inline(always)]
    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Response> {
        loop {
            let running = match self.as_mut().project() {
                Step::Read { reading, function } => match ready!(reading.poll(context)) {
                    Ok(arguments) => function.apply(arguments),
                    Err(refusal) => return Poll::Ready(refusal),
                },
                Step::Run { running } => {
                    return running.poll(context).map(IntoResponse::into_response);
                }
            };
            self.set(Self::Run { running });
        }
    }
}

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
                Via: 'static,
                R: Future<Output: IntoResponse> + Send + 'static,
            {
                Box::pin(Call::Read { reading: arguments::$name(self), function })
            }
        }

        impl<$($argument,)* Last, R> Apply for fn($($argument,)* Last) -> R
        where
            R: Future<Output: IntoResponse>,
        {
            type Arguments = ($($argument,)* Last,);
            type Running = R;

            #[inline(always)]
            fn apply(self, ($($argument,)* last,): Self::Arguments) -> R {
                self($($argument,)* last)
            }
        }
    };
}

arguments::for_each_number!(run);

#[cfg(test)]
mod tests {
    use std::convert::Infallible;
    use std::sync::{Arc, Mutex};

    use axum::body::Body;
    use axum::extract::Request;
    use axum::response::Response;
    use http::StatusCode;
    use http::request::Parts;
    use portcullis_api_spec::{Access, EndpointDef, Op};

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
        let guarded = Guarded::new(&OPEN, &Op::default(), run, Arc::clone(&read));
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
