//! A valuation as a stream of events, read from the database: any replica can tell how a valuation of another one goes.

use std::time::Duration;

use futures::{StreamExt, stream};
use portcullis::{Event, Events};
use serde::Serialize;
use utoipa::ToSchema;

use super::model::{Valuation, ValuationId, ValuationStatus};
use super::store::{self, Step};
use crate::room::Place;
use crate::state::AppState;
use crate::store::StoreError;

/// How long to wait before the database is asked again.
const PAUSE: Duration = Duration::from_millis(500);

/// One step of a valuation.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct ValuationEvent {
    /// How many steps are done; the id of the event.
    #[schema(minimum = 1, maximum = 102)]
    pub steps_done: u32,
    /// How many steps there are.
    #[schema(minimum = 1, maximum = 102)]
    pub steps_total: u32,
    /// Where the valuation stands after the step.
    pub status: ValuationStatus,
    /// What was done, for people.
    #[schema(max_length = 200, pattern = r"^[^\x00-\x1F\x7F-\x9F]*$")]
    pub message: String,
}

/// Tells the steps behind `seen`, until the valuation has ended.
pub(super) fn watch(
    state: AppState,
    id: ValuationId,
    seen: u32,
    place: Place,
) -> Events<ValuationEvent> {
    let watch = Watch {
        state,
        id,
        seen,
        pause: Duration::ZERO,
        _place: place,
    };
    let batches = stream::unfold(Some(watch), |watch| async {
        let mut watch = watch?;
        tokio::time::sleep(watch.pause).await;
        watch.pause = PAUSE;
        match watch.next_batch().await {
            Ok((events, End::No)) => Some((events, Some(watch))),
            Ok((events, End::Yes)) => Some((events, None)),
            Err(error) => {
                tracing::error!(valuation = %watch.id, %error, "a valuation can no longer be watched");
                None
            }
        }
    });
    Events::new(batches.flat_map(stream::iter).map(render))
}

struct Watch {
    state: AppState,
    id: ValuationId,
    seen: u32,
    pause: Duration,
    /// Free again when the stream has ended, or nobody reads it any more.
    _place: Place,
}

enum End {
    Yes,
    No,
}

impl Watch {
    async fn next_batch(&mut self) -> Result<(Vec<ValuationEvent>, End), StoreError> {
        let now = self.state.clock.now();
        let Some(valuation) = store::find(&self.state.store, self.id, now).await? else {
            return Ok((Vec::new(), End::Yes));
        };
        // No further than the valuation was when it was read: a step that came since may be the one that ended it, and
        // would be told as if it had not.
        let new = self.seen..valuation.steps_done;
        let steps = store::steps_within(&self.state.store, self.id, new).await?;
        let events = events_of(&valuation, steps);
        self.seen = events.last().map_or(self.seen, |event| event.steps_done);
        let end = match valuation.status {
            ValuationStatus::Running => End::No,
            ValuationStatus::Done | ValuationStatus::Failed => End::Yes,
        };
        Ok((events, end))
    }
}

/// The steps as events. The one with which the valuation ended says so.
fn events_of(valuation: &Valuation, steps: Vec<Step>) -> Vec<ValuationEvent> {
    let event = |step: Step| ValuationEvent {
        steps_done: step.number,
        steps_total: valuation.steps_total,
        status: match step.number == valuation.steps_done {
            true => valuation.status,
            false => ValuationStatus::Running,
        },
        message: step.message,
    };
    steps.into_iter().map(event).collect()
}

fn render(event: ValuationEvent) -> Event<ValuationEvent> {
    let name = match event.status {
        ValuationStatus::Running => "step",
        ValuationStatus::Done => "done",
        ValuationStatus::Failed => "failed",
    };
    let id = event.steps_done;
    Event::new(event).with_id(id).with_name(name)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::person::Person;
    use crate::portfolios::PortfolioId;
    use crate::valuations::ValuationInput;
    use jiff::Timestamp;
    use uuid::Uuid;

    fn valuation(status: ValuationStatus, steps_done: u32) -> Valuation {
        Valuation {
            id: ValuationId::random(),
            portfolio_id: PortfolioId::random(),
            requested_by: Person {
                tenant_id: Uuid::nil(),
                object_id: Uuid::nil(),
            },
            parameters: ValuationInput::default(),
            status,
            steps_done,
            steps_total: 3,
            result: None,
            failure: None,
            created_at: Timestamp::UNIX_EPOCH,
            finished_at: None,
        }
    }

    fn told(valuation: &Valuation, numbers: &[u32]) -> Vec<(u32, ValuationStatus)> {
        let steps = numbers.iter().map(|number| Step {
            number: *number,
            message: String::new(),
        });
        let events = events_of(valuation, steps.collect());
        let told = events.iter().map(|event| (event.steps_done, event.status));
        told.collect()
    }

    #[test]
    fn the_step_with_which_a_valuation_ended_says_so() {
        use ValuationStatus::{Done, Failed, Running};
        let running = valuation(Running, 2);
        assert_eq!(told(&running, &[1, 2]), [(1, Running), (2, Running)]);
        let done = valuation(Done, 3);
        assert_eq!(told(&done, &[2, 3]), [(2, Running), (3, Done)]);
        assert_eq!(told(&done, &[]), []);
        let interrupted = valuation(Failed, 2);
        assert_eq!(told(&interrupted, &[1, 2]), [(1, Running), (2, Failed)]);
    }
}
