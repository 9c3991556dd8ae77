//! Long work of the desk. It takes a step only when the test lets it, so that no test depends on time.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use axum::Extension;
use axum::response::Redirect;
use portcullis_api_spec::{Access, EndpointDef, Method};
use tokio::sync::Semaphore;

use super::{Row, WRITERS, arg, endpoint, reply, row, users};
use crate::arg::{Json, Path};
use crate::caller::Caller;
use crate::progress::Progress;
use crate::reply::Accepted;

/// How many steps all long work of the desk has.
pub(crate) const STEPS: u64 = 3;

/// Lets long work go on, and sees how far it is.
#[derive(Clone)]
pub(crate) struct Jobs {
    permits: Arc<Semaphore>,
    done: Arc<AtomicU64>,
}

impl Default for Jobs {
    fn default() -> Self {
        Self {
            permits: Arc::new(Semaphore::new(0)),
            done: Arc::default(),
        }
    }
}

impl Jobs {
    /// Lets the work take so many steps.
    pub(crate) fn allow(&self, steps: u64) {
        self.permits.add_permits(usize::try_from(steps).unwrap());
    }

    pub(crate) fn done(&self) -> u64 {
        self.done.load(Ordering::SeqCst)
    }

    async fn work(&self, progress: Progress) {
        for step in 1..=STEPS {
            self.permits.acquire().await.unwrap().forget();
            self.done.store(step, Ordering::SeqCst);
            progress.report(step, STEPS, format!("step {step}"));
        }
    }
}

/// A job, as its place shows it.
#[derive(serde::Serialize, utoipa::ToSchema)]
struct Job {
    id: String,
    done: u64,
    shown_to: String,
}

static WORK: EndpointDef = endpoint("work", Method::Post, "/work", Access::SignedIn);
static BEGIN_JOB: EndpointDef = endpoint("begin_job", Method::Post, "/jobs/{id}", Access::SignedIn);
static GET_JOB: EndpointDef = EndpointDef {
    tool: None,
    ..endpoint("get_job", Method::Get, "/jobs/{id}", Access::SignedIn)
};
static GET_MOVED_JOB: EndpointDef = EndpointDef {
    tool: None,
    ..endpoint(
        "get_moved_job",
        Method::Get,
        "/moved-jobs",
        Access::SignedIn,
    )
};
static GET_TEXT_JOB: EndpointDef = EndpointDef {
    tool: None,
    ..endpoint("get_text_job", Method::Get, "/text-jobs", Access::SignedIn)
};
static GET_SECRET_JOB: EndpointDef = EndpointDef {
    tool: None,
    ..endpoint(
        "get_secret_job",
        Method::Get,
        "/secret-jobs",
        users(WRITERS),
    )
};

async fn work(progress: Progress, Extension(jobs): Extension<Jobs>) -> Json<u64> {
    jobs.work(progress).await;
    Json(jobs.done())
}

/// The id says where the job claims to be.
async fn begin_job(Path(id): Path<String>, Extension(jobs): Extension<Jobs>) -> Accepted<Job> {
    let (progress, steps) = Progress::channel();
    tokio::spawn(async move { jobs.work(progress).await });
    let place = match id.as_str() {
        "secret" => "/api/v1/secret-jobs".to_owned(),
        "redirect" => "/api/v1/moved-jobs".to_owned(),
        "text" => "/api/v1/text-jobs".to_owned(),
        "missing" => "/api/v1/nowhere".to_owned(),
        "elsewhere" => "https://example.com/api/v1/jobs/elsewhere".to_owned(),
        _ => format!("/api/v1/jobs/{id}"),
    };
    Accepted::at(place, steps)
}

async fn get_job(
    caller: Caller,
    Path(id): Path<String>,
    Extension(jobs): Extension<Jobs>,
) -> Json<Job> {
    Json(Job {
        id,
        done: jobs.done(),
        shown_to: caller.object_id().to_string(),
    })
}

/// Where "the result is elsewhere" is a common answer.
async fn get_moved_job() -> Redirect {
    Redirect::to("/api/v1/jobs/a")
}

async fn get_text_job() -> &'static str {
    "done"
}

async fn get_secret_job() -> Json<String> {
    Json("for analysts only".to_owned())
}

pub(super) fn rows() -> Vec<Row> {
    vec![
        row(
            &WORK,
            |admitted| admitted.run_2(work),
            &[arg::<Progress>, reply::<Json<u64>>],
        ),
        row(
            &BEGIN_JOB,
            |admitted| admitted.run_2(begin_job),
            &[arg::<Path<String>>, reply::<Accepted<Job>>],
        ),
        row(
            &GET_JOB,
            |admitted| admitted.run_3(get_job),
            &[arg::<Path<String>>, reply::<Json<Job>>],
        ),
        row(
            &GET_MOVED_JOB,
            |admitted| admitted.run_0(get_moved_job),
            &[],
        ),
        row(&GET_TEXT_JOB, |admitted| admitted.run_0(get_text_job), &[]),
        row(
            &GET_SECRET_JOB,
            |admitted| admitted.run_0(get_secret_job),
            &[reply::<Json<String>>],
        ),
    ]
}
