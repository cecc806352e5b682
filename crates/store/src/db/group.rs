//! SQLite's threads: one that writes, committing all waiting commands as one group, and a few that read.
//!
//! A handler's future is never pending here, so the thread drives it with a single poll; a future that
//! is pending waits for something else, and that is refused rather than holding up every writer.

use std::panic::AssertUnwindSafe;
use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError, mpsc as std_mpsc};
use std::thread;

use futures::FutureExt;
use rusqlite::Connection;
use tokio::sync::{mpsc, oneshot};

use super::{Conn, Error, Fut, lite};

/// Commands committed together at most.
const GROUP: usize = 128;
/// Commands that may wait for the writer before their callers have to.
const QUEUE: usize = 1024;
/// Threads that read.
const READERS: usize = 3;

/// The handles of the threads; they end when the last clone is dropped.
pub struct Threads {
    writer: mpsc::Sender<Box<dyn Command>>,
    readers: std_mpsc::Sender<Box<dyn Command>>,
}

/// A handler with the place its answer goes to.
trait Command: Send {
    /// Runs the handler; true when it succeeded.
    fn run(&mut self, connection: &mut Connection) -> bool;
    /// Answers the caller; `lost` says that the group did not become durable.
    fn answer(self: Box<Self>, lost: Option<&str>);
}

struct Task<T, F> {
    handler: F,
    result: Option<Result<T, Error>>,
    reply: oneshot::Sender<Result<T, Error>>,
}

impl<T, F> Command for Task<T, F>
where
    F: for<'a, 'b> Fn(&'a mut Conn<'b>) -> Fut<'a, T> + Send,
    T: Send,
{
    fn run(&mut self, connection: &mut Connection) -> bool {
        let mut conn = Conn::lite(connection);
        let polled = std::panic::catch_unwind(AssertUnwindSafe(|| (self.handler)(&mut conn).now_or_never()));
        let result = match polled {
            Err(_) => Err(Error::Panicked),
            Ok(None) => Err(Error::Waited),
            Ok(Some(Ok(_))) if conn.failed() => Err(Error::Aborted),
            Ok(Some(result)) => result,
        };
        self.result.insert(result).is_ok()
    }

    fn answer(self: Box<Self>, lost: Option<&str>) {
        let result = match (self.result, lost) {
            (Some(Err(error)), _) => Err(error),
            (_, Some(reason)) => Err(Error::Commit(reason.to_owned())),
            (Some(Ok(value)), None) => Ok(value),
            (None, None) => Err(Error::Closed),
        };
        // The caller may have left; the command stands all the same.
        drop(self.reply.send(result));
    }
}

impl Threads {
    /// Opens the connections and starts the threads.
    pub fn start(path: &Path) -> Result<Self, Error> {
        let connection = lite::open_writer(path)?;
        let (writer, commands) = mpsc::channel(QUEUE);
        spawn("store-writer", move || write_groups(connection, commands))?;
        let (readers, queries) = std_mpsc::channel();
        let queries = Arc::new(Mutex::new(queries));
        for _ in 0..READERS {
            let (connection, queries) = (lite::open_reader(path)?, Arc::clone(&queries));
            spawn("store-reader", move || read_snapshots(connection, &queries))?;
        }
        Ok(Self { writer, readers })
    }

    /// Runs a handler on the writer. Once it is queued it runs, whether or not the caller still waits.
    pub async fn write<T, F>(&self, handler: F) -> Result<T, Error>
    where
        F: for<'a, 'b> Fn(&'a mut Conn<'b>) -> Fut<'a, T> + Send + 'static,
        T: Send + 'static,
    {
        let (reply, answer) = oneshot::channel();
        let task = Box::new(Task {
            handler,
            result: None,
            reply,
        });
        self.writer.send(task).await.map_err(|_| Error::Closed)?;
        answer.await.unwrap_or(Err(Error::Closed))
    }

    /// Runs a handler on a reader, which sees one moment of the database and cannot change it.
    pub async fn read<T, F>(&self, handler: F) -> Result<T, Error>
    where
        F: for<'a, 'b> Fn(&'a mut Conn<'b>) -> Fut<'a, T> + Send + 'static,
        T: Send + 'static,
    {
        let (reply, answer) = oneshot::channel();
        let task = Box::new(Task {
            handler,
            result: None,
            reply,
        });
        self.readers.send(task).map_err(|_| Error::Closed)?;
        answer.await.unwrap_or(Err(Error::Closed))
    }
}

fn spawn(name: &str, body: impl FnOnce() + Send + 'static) -> Result<(), Error> {
    let thread = thread::Builder::new().name(name.to_owned()).spawn(body);
    thread.map(drop).map_err(Error::db)
}

fn write_groups(mut connection: Connection, mut commands: mpsc::Receiver<Box<dyn Command>>) {
    let mut group = Vec::with_capacity(GROUP);
    while let Some(first) = commands.blocking_recv() {
        group.push(first);
        let lost = commit_group(&mut connection, &mut group, &mut commands)
            .err()
            .map(|error| error.to_string());
        if let Some(reason) = &lost {
            tracing::error!(reason, commands = group.len(), "a group of writes was lost");
            if !connection.is_autocommit() && run(&connection, "ROLLBACK").is_err() {
                tracing::error!("the writer could not roll back");
            }
        }
        for command in group.drain(..) {
            command.answer(lost.as_deref());
        }
    }
}

/// One transaction for all; a savepoint for each, so that one that fails leaves the others alone.
///
/// `group` holds the first. The others are taken as they come while those before them run: who was answered by
/// the last commit asks again within that time, and would otherwise wait for a commit of the first alone.
fn commit_group(
    connection: &mut Connection,
    group: &mut Vec<Box<dyn Command>>,
    commands: &mut mpsc::Receiver<Box<dyn Command>>,
) -> rusqlite::Result<()> {
    run(connection, "BEGIN IMMEDIATE")?;
    let mut done = 0;
    while let Some(command) = group.get_mut(done) {
        run(connection, "SAVEPOINT command")?;
        if !command.run(connection) {
            // Fails when SQLite itself has rolled the whole group back (disk full, IO error).
            run(connection, "ROLLBACK TO command")?;
        }
        run(connection, "RELEASE command")?;
        done += 1;
        if done < GROUP {
            group.extend(commands.try_recv().ok());
        }
    }
    run(connection, "COMMIT")
}

fn read_snapshots(mut connection: Connection, queries: &Mutex<std_mpsc::Receiver<Box<dyn Command>>>) {
    loop {
        // The lock is held while waiting: the other readers wait for the lock instead of the queue.
        let next = queries.lock().unwrap_or_else(PoisonError::into_inner).recv();
        let Ok(mut query) = next else { return };
        let begun = run(&connection, "BEGIN");
        if begun.is_ok() {
            query.run(&mut connection);
        }
        if !connection.is_autocommit() && run(&connection, "ROLLBACK").is_err() {
            tracing::error!("a reader could not end its snapshot");
        }
        query.answer(begun.err().map(|error| error.to_string()).as_deref());
    }
}

fn run(connection: &Connection, sql: &str) -> rusqlite::Result<()> {
    connection.prepare_cached(sql)?.execute([]).map(drop)
}
