//! Listens.

use crate::app::App;
use crate::router::router;
use std::future::Future;
use std::net::SocketAddr;
use tokio::net::TcpListener;

/// Serves the site until `stop` is done; requests under way are finished.
pub async fn serve(
    listener: TcpListener,
    app: App,
    stop: impl Future<Output = ()> + Send + 'static,
) -> std::io::Result<()> {
    let site = router(app).into_make_service_with_connect_info::<SocketAddr>();
    axum::serve(listener, site).with_graceful_shutdown(stop).await
}
