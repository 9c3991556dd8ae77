//! What the service tells about itself: lines, traces, and what it sends to a collector.

mod injection;
mod lines;
mod otlp;
mod spikes;
mod traces;
mod writes;
