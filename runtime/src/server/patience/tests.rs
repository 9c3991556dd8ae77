use super::*;
use tokio::io::{AsyncReadExt, AsyncWriteExt, DuplexStream, duplex};

const HEAD: Duration = Duration::from_millis(200);
const IDLE: Duration = Duration::from_millis(700);

fn connection() -> (PatientStream<DuplexStream>, DuplexStream, Arc<Work>) {
    let patience = Patience {
        head: HEAD,
        idle: IDLE,
    };
    let (ours, client) = duplex(64);
    let work = Arc::new(Work::default());
    (
        PatientStream::new(ours, patience, Arc::clone(&work)),
        client,
        work,
    )
}

/// How long a read waits before it gives up, and what it says.
async fn give_up(stream: &mut PatientStream<DuplexStream>) -> (Duration, String) {
    let began = Instant::now();
    let error = stream.read_u8().await.unwrap_err();
    assert_eq!(error.kind(), io::ErrorKind::TimedOut);
    (began.elapsed(), error.to_string())
}

async fn send_head(stream: &mut PatientStream<DuplexStream>, client: &mut DuplexStream) {
    client.write_all(b"head").await.unwrap();
    stream.read_exact(&mut [0; 4]).await.unwrap();
}

#[tokio::test]
async fn a_client_that_sends_nothing_is_given_the_time_of_a_head() {
    let (mut stream, _client, _) = connection();
    let (waited, why) = give_up(&mut stream).await;
    assert!(waited >= HEAD, "{waited:?}");
    assert_eq!(why, "no request came in time");
}

#[tokio::test]
async fn a_head_that_trickles_in_gets_no_more_time_for_each_byte() {
    let (mut stream, mut client, _) = connection();
    let mut pause = tokio::time::interval(HEAD / 10);
    let drip = async {
        while client.write_all(b"x").await.is_ok() {
            pause.tick().await;
        }
    };
    let read = async {
        let error = loop {
            if let Err(error) = stream.read_u8().await {
                break error;
            }
        };
        drop(stream);
        error
    };
    let both = async { tokio::join!(read, drip).0 };
    let error = tokio::time::timeout(Duration::from_secs(60), both).await;
    let error = error.expect("it ends");
    assert_eq!(
        error.to_string(),
        "the head of a request did not come in time"
    );
}

#[tokio::test]
async fn no_clock_runs_while_a_request_is_worked_on_and_a_longer_one_after_it() {
    let (mut stream, mut client, work) = connection();
    send_head(&mut stream, &mut client).await;
    let unfinished = work.begin();
    let quiet = tokio::time::timeout(2 * IDLE, stream.read_u8()).await;
    assert!(quiet.is_err(), "it waits as long as the work takes");
    drop(unfinished);
    let (waited, why) = give_up(&mut stream).await;
    assert!(waited >= IDLE, "{waited:?}");
    assert_eq!(why, "no request came in time");
}

/// hyper reads while a request is worked on, finds nothing, and does not ask again.
#[tokio::test]
async fn the_clock_starts_under_a_read_that_was_waiting_already() {
    let (mut stream, mut client, work) = connection();
    send_head(&mut stream, &mut client).await;
    let unfinished = work.begin();
    let finish = async move { drop(unfinished) };
    let both = async { tokio::join!(give_up(&mut stream), finish).0 };
    let (waited, _) = tokio::time::timeout(Duration::from_secs(60), both)
        .await
        .expect("it gives up");
    assert!(waited >= IDLE, "{waited:?}");
}

/// hyper drops the body of an answer in the task of the connection, and flushes behind it.
#[tokio::test]
async fn the_clock_starts_behind_an_answer_whose_end_wakes_nobody() {
    struct Alarm(tokio::sync::Notify);
    impl std::task::Wake for Alarm {
        fn wake(self: Arc<Self>) {
            self.0.notify_one();
        }
    }
    let (mut stream, mut client, work) = connection();
    send_head(&mut stream, &mut client).await;
    let answer = Arc::new(work.begin()).until_sent(Response::default());
    let alarm = Arc::new(Alarm(tokio::sync::Notify::new()));
    let waker = Arc::clone(&alarm).into();
    let context = &mut Context::from_waker(&waker);
    let mut buffer = [0; 1];
    let mut buffer = ReadBuf::new(&mut buffer);
    let read = Pin::new(&mut stream).poll_read(context, &mut buffer);
    assert!(read.is_pending());
    drop(answer);
    assert!(futures::poll!(std::pin::pin!(alarm.0.notified())).is_pending());
    let began = Instant::now();
    let flushed = Pin::new(&mut stream).poll_flush(context);
    assert!(matches!(flushed, Poll::Ready(Ok(()))));
    let rang = tokio::time::timeout(Duration::from_secs(60), alarm.0.notified()).await;
    assert!(rang.is_ok() && began.elapsed() >= IDLE);
    let (_, why) = give_up(&mut stream).await;
    assert_eq!(why, "no request came in time");
}

/// The work may be done before anybody reads again: the clock of its head is not taken for the next one's.
#[tokio::test]
async fn the_clock_of_a_head_that_has_come_is_forgotten() {
    let (mut stream, mut client, work) = connection();
    send_head(&mut stream, &mut client).await;
    drop(work.begin());
    let (waited, why) = give_up(&mut stream).await;
    assert!(waited >= IDLE, "{waited:?}");
    assert_eq!(why, "no request came in time");
}

#[tokio::test]
async fn a_second_head_has_the_time_of_a_head_again() {
    let (mut stream, mut client, work) = connection();
    send_head(&mut stream, &mut client).await;
    drop(work.begin());
    client.write_all(b"h").await.unwrap();
    stream.read_u8().await.unwrap();
    let (_, why) = give_up(&mut stream).await;
    assert_eq!(why, "the head of a request did not come in time");
}

#[tokio::test]
async fn a_client_that_does_not_read_its_answer_is_given_up() {
    let (mut stream, _client, work) = connection();
    let _unfinished = work.begin();
    let began = Instant::now();
    let error = stream.write_all(&[0; 1000]).await.unwrap_err();
    assert_eq!(error.kind(), io::ErrorKind::TimedOut);
    assert!(began.elapsed() >= IDLE);
}

#[tokio::test]
async fn a_client_that_reads_slowly_gets_its_whole_answer() {
    let (mut stream, mut client, work) = connection();
    let _unfinished = work.begin();
    let mut pause = tokio::time::interval(IDLE / 8);
    let write = async {
        stream.write_all(&[7; 1000]).await.unwrap();
        drop(stream);
    };
    let read = async {
        let mut got = Vec::new();
        let mut piece = [0; 64];
        loop {
            pause.tick().await;
            match client.read(&mut piece).await.unwrap() {
                0 => break,
                length => got.extend_from_slice(&piece[..length]),
            }
        }
        got
    };
    let began = Instant::now();
    let ((), got) = tokio::join!(write, read);
    assert_eq!(got, [7; 1000]);
    assert!(began.elapsed() > IDLE, "longer than any one wait may be");
}

/// hyper drops the body of an answer once it has its last chunk, long before that has been sent, and reads meanwhile.
#[tokio::test]
async fn an_answer_is_sent_to_its_end_also_when_hyper_has_all_of_it() {
    let (mut stream, mut client, work) = connection();
    send_head(&mut stream, &mut client).await;
    drop(work.begin());
    let (mut reading, mut writing) = tokio::io::split(stream);
    let mut pause = tokio::time::interval(IDLE / 8);
    let write = async {
        writing.write_all(&[7; 1000]).await.unwrap();
        writing.flush().await.unwrap();
    };
    let write_and_read = async {
        tokio::select! {
            biased;
            () = write => reading.read_u8().await.unwrap_err(),
            read = reading.read_u8() => panic!("while the answer is sent: {read:?}"),
        }
    };
    let drain = async {
        let mut got = 0;
        let mut piece = [0; 64];
        while got < 1000 {
            pause.tick().await;
            got += client.read(&mut piece).await.unwrap();
        }
        client
    };
    let began = Instant::now();
    let (ended, _client) = tokio::join!(write_and_read, drain);
    assert_eq!(ended.to_string(), "no request came in time");
    assert!(
        began.elapsed() > 2 * IDLE,
        "the clock starts behind the answer"
    );
}

/// The rest of a body may come in while the next request is worked on already.
#[tokio::test]
async fn the_end_of_one_request_starts_no_clock_while_another_is_worked_on() {
    let (mut stream, mut client, work) = connection();
    let first = work.begin();
    let second = work.begin();
    drop(first);
    client.write_all(b"a").await.unwrap();
    stream.read_u8().await.unwrap();
    let early = tokio::time::timeout(2 * HEAD, stream.read_u8()).await;
    assert!(early.is_err(), "a clock runs: {early:?}");
    drop(second);
    let (_, why) = give_up(&mut stream).await;
    assert_eq!(why, "no request came in time");
}
