//! A distribution point in an object store: S3 and what is compatible with it, Azure, Google; HTTP for reading.

use super::credentials::{Secrets, Settings};
use super::folder::check;
use super::store::{Address, Begun, Ledger, SentPart, Store, Tap};
use crate::base::Sha256Digest;
use crate::error::{Error, ErrorKind, Result};
use crate::site::model::Point;
use futures_util::{StreamExt as _, stream::FuturesUnordered};
use object_store::aws::AmazonS3Builder;
use object_store::azure::MicrosoftAzureBuilder;
use object_store::gcp::GoogleCloudStorageBuilder;
use object_store::http::HttpBuilder;
use object_store::multipart::{MultipartStore, PartId};
use object_store::path::Path as Key;
use object_store::{BackoffConfig, ClientOptions, ObjectStore, ObjectStoreExt as _, PutPayload, RetryConfig};
use sha2::Digest as _;
use std::collections::BTreeMap;
use std::fs::File;
use std::io::Read as _;
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
    /// The same, for what is sent in parts; `None` where it can only be read.
    parts: Option<Arc<dyn MultipartStore>>,
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
        let (store, parts, prefix) = built.map_err(|e| failed(&secrets, "open the store", &point.url, &e))?;
        let runtime = tokio::runtime::Builder::new_multi_thread()
            .worker_threads(2)
            .thread_name("wright-send")
            .enable_all()
            .build()
            .map_err(|e| Error::from_io("start the threads that send", e))?;
        Ok(Self { store, parts, prefix, runtime, secrets, read_only: matches!(address, Address::Http(_)) })
    }

    fn key(&self, key: &str) -> Key {
        Key::from(if self.prefix.is_empty() { key.to_owned() } else { format!("{}/{key}", self.prefix) })
    }

    fn failed(&self, action: &str, key: &str, error: &object_store::Error) -> Error {
        failed(&self.secrets, action, key, error)
    }

    /// Sends a large file in parts. What the store has of it already is not sent again; the key appears when the whole
    /// file has been read and has the digest that it is to have.
    fn put_parts(
        &self,
        key: &str,
        file: (&Path, u64),
        sha256: &Sha256Digest,
        ledger: &dyn Ledger,
        tap: Tap<'_>,
    ) -> Result<()> {
        let path = self.key(key);
        let resumed = ledger.begun(key)?;
        if let Some(begun) = &resumed {
            match self.send_parts(key, file, sha256, begun, ledger, tap) {
                // The store has forgotten it, as rules of a bucket can say; not every server says so as it should.
                Err(e) if matches!(e.kind(), ErrorKind::NotFound | ErrorKind::Io) => {
                    if ledger.begun(key)?.is_some_and(|now| now.parts.len() > begun.parts.len()) {
                        return Err(e);
                    }
                }
                other => return other,
            }
        }
        // Where this fails, too, it is the way to the store, and what it has stays on record.
        let name = self.runtime.block_on(self.parts()?.create_multipart(&path));
        let name = name.map_err(|e| self.failed("begin to send", key, &e))?;
        if let Some(begun) = resumed {
            let _ = self.runtime.block_on(self.parts()?.abort_multipart(&path, &begun.name));
        }
        let part = PART.max(file.1.div_ceil(MOST_PARTS));
        ledger.begin(key, &name, part)?;
        self.send_parts(key, file, sha256, &Begun { name, part, parts: BTreeMap::new() }, ledger, tap)
    }

    fn send_parts(
        &self,
        key: &str,
        (file, size): (&Path, u64),
        sha256: &Sha256Digest,
        begun: &Begun,
        ledger: &dyn Ledger,
        tap: Tap<'_>,
    ) -> Result<()> {
        let (store, path) = (self.parts()?, self.key(key));
        let mut source = File::open(file).map_err(|e| Error::io("open the file", file, e))?;
        let (mut hasher, mut there) = (sha2::Sha256::new(), BTreeMap::new());
        let mut running = FuturesUnordered::new();
        let (mut left, mut next) = (size, 0_u64);
        loop {
            while left > 0 && running.len() < PARTS_AT_ONCE {
                let mut data = vec![0; left.min(begun.part) as usize];
                source.read_exact(&mut data).map_err(|e| Error::io("read the file", file, e))?;
                hasher.update(&data);
                tap(&data)?;
                left -= data.len() as u64;
                let (number, digest) = (next, crate::base::sha256(&data));
                next += 1;
                if let Some(known) = begun.parts.get(&number).filter(|known| known.sha256 == digest) {
                    there.insert(number, PartId { content_id: known.name.clone() });
                } else {
                    let (path, name) = (&path, &begun.name);
                    running.push(async move {
                        let sent = store.put_part(path, name, number as usize, PutPayload::from(data)).await;
                        (number, digest, sent)
                    });
                }
            }
            match self.runtime.block_on(running.next()) {
                None => break,
                Some((number, sha256, Ok(id))) => {
                    ledger.add(key, number, &SentPart { name: id.content_id.clone(), sha256 })?;
                    there.insert(number, id);
                }
                Some((.., Err(e))) => return Err(self.failed("send", key, &e)),
            }
        }
        drop(running);
        // The digest is known before the upload is completed, and only then does the key appear.
        let whole = check(&Sha256Digest(hasher.finalize().into()), sha256, file).and_then(|()| {
            let done = store.complete_multipart(&path, &begun.name, there.into_values().collect());
            self.runtime.block_on(done).map_err(|e| self.failed("complete", key, &e))
        });
        ledger.forget(key)?;
        if whole.is_err() {
            // What cannot be completed is begun again.
            let _ = self.runtime.block_on(store.abort_multipart(&path, &begun.name));
        }
        whole.map(|_| ())
    }

    fn parts(&self) -> Result<&dyn MultipartStore> {
        self.parts.as_deref().ok_or_else(|| Error::new(ErrorKind::Unsupported, "can only be read"))
    }
}

/// A store, the same for what is sent in parts, and the prefix of its keys.
type Built = (Arc<dyn ObjectStore>, Option<Arc<dyn MultipartStore>>, String);

/// The two sides of one store.
fn both<S: ObjectStore + MultipartStore>(store: S, prefix: &str) -> Built {
    let store = Arc::new(store);
    (store.clone(), Some(store), prefix.to_owned())
}

fn build(point: &Point, address: &Address, settings: &Settings) -> object_store::Result<Built> {
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
            both(builder.with_allow_http(point.allow_http).with_bucket_name(bucket).build()?, prefix)
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
            both(builder.with_allow_http(point.allow_http).with_container_name(container).build()?, prefix)
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
            both(builder.with_bucket_name(bucket).build()?, prefix)
        }
        Address::Http(url) => {
            let client = client.with_allow_http(url.starts_with("http://"));
            let builder = HttpBuilder::new().with_url(url).with_client_options(client).with_retry(retry);
            (Arc::new(builder.build()?), None, String::new())
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

    fn put_file(
        &self,
        key: &str,
        file: &Path,
        sha256: &Sha256Digest,
        ledger: &dyn Ledger,
        tap: Tap<'_>,
    ) -> Result<()> {
        let size = file.metadata().map_err(|e| Error::io("read the file's size", file, e))?.len();
        if size > WHOLE {
            return self.put_parts(key, (file, size), sha256, ledger, tap);
        }
        let data = std::fs::read(file).map_err(|e| Error::io("read the file", file, e))?;
        tap(&data)?;
        check(&crate::base::sha256(&data), sha256, file)?;
        self.put_bytes(key, data)
    }

    fn abandon(&self, key: &str, name: &str) -> Result<()> {
        let done = self.runtime.block_on(self.parts()?.abort_multipart(&self.key(key), &name.to_owned()));
        match done {
            Ok(()) | Err(object_store::Error::NotFound { .. }) => Ok(()),
            Err(e) => Err(self.failed("give up", key, &e)),
        }
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
