//! A distribution point in an object store: S3 and what is compatible with it, Azure, Google; HTTP for reading.

use super::credentials::{Secrets, Settings};
use super::folder::check;
use super::store::{Address, Store, Tap};
use crate::base::Sha256Digest;
use crate::error::{Error, ErrorKind, Result};
use crate::site::model::Point;
use futures_util::{StreamExt as _, future::try_join_all};
use object_store::aws::AmazonS3Builder;
use object_store::azure::MicrosoftAzureBuilder;
use object_store::gcp::GoogleCloudStorageBuilder;
use object_store::http::HttpBuilder;
use object_store::path::Path as Key;
use object_store::{
    BackoffConfig, ClientOptions, MultipartUpload, ObjectStore, ObjectStoreExt as _, PutPayload, RetryConfig,
};
use sha2::Digest as _;
use std::fs::File;
use std::io::Read;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;
use tokio::runtime::Runtime;

/// Contents up to this size are sent with one request.
const WHOLE: u64 = 16 << 20;
/// Bytes of a part; providers take 10,000 of them.
const PART: u64 = 16 << 20;
const MOST_PARTS: u64 = 9_000;
/// Parts of one content that are under way at once.
const PARTS_AT_ONCE: usize = 4;

/// The store, and what may not be said about it.
pub(super) struct ObjectPoint {
    store: Arc<dyn ObjectStore>,
    prefix: String,
    runtime: Runtime,
    secrets: Secrets,
    read_only: bool,
}

impl ObjectPoint {
    pub fn new(point: &Point, address: &Address) -> Result<Self> {
        // Whoever uses the library may have chosen another provider before.
        let _ = rustls::crypto::ring::default_provider().install_default();
        let settings = Settings::read(point.credentials.as_deref())?;
        let secrets = Secrets::new(&settings);
        let built = build(point, address, &settings);
        let (store, prefix) = built.map_err(|e| failed(&secrets, "open the store", &point.url, &e))?;
        let runtime = tokio::runtime::Builder::new_multi_thread()
            .worker_threads(2)
            .thread_name("wright-send")
            .enable_all()
            .build()
            .map_err(|e| Error::from_io("start the threads that send", e))?;
        Ok(Self { store, prefix, runtime, secrets, read_only: matches!(address, Address::Http(_)) })
    }

    fn key(&self, key: &str) -> Key {
        Key::from(if self.prefix.is_empty() { key.to_owned() } else { format!("{}/{key}", self.prefix) })
    }

    fn failed(&self, action: &str, key: &str, error: &object_store::Error) -> Error {
        failed(&self.secrets, action, key, error)
    }

    fn put_parts(
        &self,
        key: &str,
        source: &mut File,
        size: u64,
        read: &mut dyn FnMut(&mut File, u64) -> Result<Vec<u8>>,
        finish: impl FnOnce() -> Result<()>,
    ) -> Result<()> {
        let part = PART.max(size.div_ceil(MOST_PARTS));
        let begun = self.runtime.block_on(self.store.put_multipart(&self.key(key)));
        let mut upload = begun.map_err(|e| self.failed("begin to send", key, &e))?;
        let sent = self.send_parts(key, &mut *upload, source, (size, part), read).and_then(|()| finish());
        match sent {
            Ok(()) => {
                let done = self.runtime.block_on(upload.complete());
                done.map(|_| ()).map_err(|e| self.failed("complete", key, &e))
            }
            Err(error) => {
                // What was sent so far is of no use; a server that cannot be told forgets it by its own rules.
                let _ = self.runtime.block_on(upload.abort());
                Err(error)
            }
        }
    }

    fn send_parts(
        &self,
        key: &str,
        upload: &mut dyn MultipartUpload,
        source: &mut File,
        (size, part): (u64, u64),
        read: &mut dyn FnMut(&mut File, u64) -> Result<Vec<u8>>,
    ) -> Result<()> {
        let mut left = size;
        while left > 0 {
            let mut parts = Vec::new();
            while left > 0 && parts.len() < PARTS_AT_ONCE {
                let n = left.min(part);
                parts.push(upload.put_part(PutPayload::from(read(source, n)?)));
                left -= n;
            }
            let sent = self.runtime.block_on(try_join_all(parts));
            sent.map_err(|e| self.failed("send", key, &e))?;
        }
        Ok(())
    }
}

fn build(
    point: &Point,
    address: &Address,
    settings: &Settings,
) -> object_store::Result<(Arc<dyn ObjectStore>, String)> {
    let retry = RetryConfig {
        backoff: BackoffConfig {
            init_backoff: Duration::from_millis(100),
            max_backoff: Duration::from_secs(5),
            base: 2.0,
        },
        max_retries: 10,
        retry_timeout: Duration::from_secs(60),
    };
    let client = ClientOptions::new()
        .with_allow_http(point.allow_http)
        .with_connect_timeout(Duration::from_secs(20))
        .with_timeout(Duration::from_secs(300));
    // A file may hold settings of several providers: the others' names mean nothing here.
    Ok(match address {
        Address::S3 { bucket, prefix } => {
            let mut builder = AmazonS3Builder::from_env().with_client_options(client).with_retry(retry);
            for (name, value) in &settings.values {
                if let Ok(key) = name.parse() {
                    builder = builder.with_config(key, value);
                }
            }
            if let Some(endpoint) = &point.endpoint {
                builder = builder.with_endpoint(endpoint);
            }
            if let Some(region) = &point.region {
                builder = builder.with_region(region);
            }
            (
                Arc::new(builder.with_allow_http(point.allow_http).with_bucket_name(bucket).build()?),
                prefix.clone(),
            )
        }
        Address::Azure { container, prefix } => {
            let mut builder = MicrosoftAzureBuilder::from_env().with_client_options(client).with_retry(retry);
            for (name, value) in &settings.values {
                if let Ok(key) = name.parse() {
                    builder = builder.with_config(key, value);
                }
            }
            if let Some(endpoint) = &point.endpoint {
                builder = builder.with_endpoint(endpoint.clone());
            }
            (
                Arc::new(builder.with_allow_http(point.allow_http).with_container_name(container).build()?),
                prefix.clone(),
            )
        }
        Address::Google { bucket, prefix } => {
            let mut builder =
                GoogleCloudStorageBuilder::from_env().with_client_options(client).with_retry(retry);
            for (name, value) in &settings.values {
                if let Ok(key) = name.parse() {
                    builder = builder.with_config(key, value);
                }
            }
            if let Some(path) = &settings.service_account {
                builder = builder.with_service_account_path(path);
            }
            if let Some(endpoint) = &point.endpoint {
                builder = builder.with_base_url(endpoint);
            }
            (Arc::new(builder.with_bucket_name(bucket).build()?), prefix.clone())
        }
        Address::Http(url) => {
            let client = client.with_allow_http(url.starts_with("http://"));
            let builder = HttpBuilder::new().with_url(url).with_client_options(client).with_retry(retry);
            (Arc::new(builder.build()?), String::new())
        }
        Address::Folder(_) => {
            return Err(object_store::Error::NotImplemented {
                operation: "open".into(),
                implementer: "a folder".into(),
            });
        }
    })
}

/// What a store says, as an error of ours and without secrets.
fn failed(secrets: &Secrets, action: &str, key: &str, error: &object_store::Error) -> Error {
    use object_store::Error as E;
    let kind = match error {
        E::NotFound { .. } => ErrorKind::NotFound,
        E::AlreadyExists { .. } => ErrorKind::AlreadyExists,
        E::PermissionDenied { .. } | E::Unauthenticated { .. } => ErrorKind::PermissionDenied,
        E::NotSupported { .. } | E::NotImplemented { .. } => ErrorKind::Unsupported,
        E::InvalidPath { .. } => ErrorKind::InvalidArgument,
        _ => ErrorKind::Io,
    };
    let mut why = error.to_string();
    let mut source = std::error::Error::source(error);
    while let Some(cause) = source {
        let text = cause.to_string();
        if !why.contains(&text) {
            why = format!("{why}: {text}");
        }
        source = cause.source();
    }
    Error::new(kind, format!("cannot {action}: {}", secrets.hide(&why))).with_path(key)
}

impl Store for ObjectPoint {
    fn size(&self, key: &str) -> Result<Option<u64>> {
        match self.runtime.block_on(self.store.head(&self.key(key))) {
            Ok(meta) => Ok(Some(meta.size)),
            Err(object_store::Error::NotFound { .. }) => Ok(None),
            Err(e) => Err(self.failed("look at", key, &e)),
        }
    }

    fn get(&self, key: &str, tap: Tap<'_>) -> Result<()> {
        let found = self.runtime.block_on(self.store.get(&self.key(key)));
        let mut stream = found.map_err(|e| self.failed("read", key, &e))?.into_stream();
        while let Some(bytes) = self.runtime.block_on(stream.next()) {
            tap(&bytes.map_err(|e| self.failed("read", key, &e))?)?;
        }
        Ok(())
    }

    fn put_file(&self, key: &str, file: &Path, sha256: &Sha256Digest, tap: Tap<'_>) -> Result<()> {
        let mut source = File::open(file).map_err(|e| Error::io("open the file", file, e))?;
        let size = source.metadata().map_err(|e| Error::io("read the file's size", file, e))?.len();
        let hasher = std::cell::RefCell::new(sha2::Sha256::new());
        let mut read = |source: &mut File, n: u64| {
            let mut data = vec![0; n as usize];
            source.read_exact(&mut data).map_err(|e| Error::io("read the file", file, e))?;
            hasher.borrow_mut().update(&data);
            tap(&data)?;
            Ok(data)
        };
        let digest = || Sha256Digest(hasher.borrow().clone().finalize().into());
        if size <= WHOLE {
            let data = read(&mut source, size)?;
            check(&digest(), sha256, file)?;
            return self.put_bytes(key, data);
        }
        // The digest is known before the upload is completed, and only then does the key appear.
        self.put_parts(key, &mut source, size, &mut read, || check(&digest(), sha256, file))
    }

    fn put_bytes(&self, key: &str, data: Vec<u8>) -> Result<()> {
        let put = self.runtime.block_on(self.store.put(&self.key(key), PutPayload::from(data)));
        put.map(|_| ()).map_err(|e| self.failed("send", key, &e))
    }

    fn delete(&self, key: &str) -> Result<()> {
        match self.runtime.block_on(self.store.delete(&self.key(key))) {
            Ok(()) | Err(object_store::Error::NotFound { .. }) => Ok(()),
            Err(e) => Err(self.failed("remove", key, &e)),
        }
    }

    fn is_read_only(&self) -> bool {
        self.read_only
    }
}
