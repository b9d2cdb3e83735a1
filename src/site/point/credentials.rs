//! Credentials of object stores: from the environment or a file, never from the database, never in a message.

use crate::error::{Error, ErrorKind, Result};
use std::fmt::Write as _;
use std::path::Path;

/// Parts of the names of settings whose values are secrets.
const SECRET: [&str; 6] = ["key", "secret", "token", "password", "sas", "credential"];
/// The beginnings of the names that providers' settings have in the environment.
const PROVIDERS: [&str; 3] = ["AWS_", "AZURE_", "GOOGLE_"];

/// Settings from a file: lines `name = value`, as in AWS's own; lines in brackets and those with `#` do not count. A file
/// of JSON is a service account's.
pub(super) struct Settings {
    pub values: Vec<(String, String)>,
    /// The path of a service account's file.
    pub service_account: Option<String>,
}

impl Settings {
    pub fn read(path: Option<&str>) -> Result<Self> {
        let mut settings = Self { values: Vec::new(), service_account: None };
        let Some(path) = path else { return Ok(settings) };
        let text = std::fs::read_to_string(path)
            .map_err(|e| Error::io("read the credentials", Path::new(path), e))?;
        if text.trim_start().starts_with('{') {
            settings.service_account = Some(path.to_owned());
            return Ok(settings);
        }
        for (number, line) in text.lines().enumerate() {
            let line = line.trim();
            if line.is_empty() || line.starts_with(['#', ';', '[']) {
                continue;
            }
            let Some((name, value)) = line.split_once('=') else {
                // Not the line itself: it may be a secret.
                let why = format!("line {} is not of the form `name = value`", number + 1);
                return Err(Error::new(ErrorKind::InvalidArgument, why).with_path(path));
            };
            settings.values.push((name.trim().to_ascii_lowercase(), value.trim().to_owned()));
        }
        Ok(settings)
    }
}

/// What must not be seen in a message.
#[derive(Default)]
pub(super) struct Secrets(Vec<String>);

impl Secrets {
    /// The secrets among these settings, and those in the environment.
    pub fn new(settings: &Settings) -> Self {
        let secret = |name: &str| SECRET.iter().any(|part| name.to_ascii_lowercase().contains(part));
        let own = settings.values.iter().filter(|(name, _)| secret(name)).map(|(_, value)| value.clone());
        let environment = std::env::vars_os().filter_map(|(name, value)| {
            let (name, value) = (name.into_string().ok()?, value.into_string().ok()?);
            (PROVIDERS.iter().any(|p| name.starts_with(p)) && secret(&name)).then_some(value)
        });
        let mut all: Vec<String> = own.chain(environment).filter(|v| v.len() >= 4).collect();
        let encoded: Vec<String> = all.iter().map(|v| percent(v)).collect();
        all.extend(encoded);
        all.sort_by_key(|v| std::cmp::Reverse(v.len()));
        Self(all)
    }

    /// The message without them, and without what signs a request.
    pub fn hide(&self, message: &str) -> String {
        let mut text = message.to_owned();
        for secret in &self.0 {
            text = text.replace(secret.as_str(), "***");
        }
        for mark in
            ["sig=", "X-Amz-Signature=", "X-Amz-Security-Token=", "X-Amz-Credential=", "X-Goog-Signature="]
        {
            let mut out = String::new();
            let mut rest = text.as_str();
            while let Some(at) = rest.find(mark) {
                out.push_str(&rest[..at + mark.len()]);
                out.push_str("***");
                rest = &rest[at + mark.len()..];
                let end = rest.find(|c: char| c == '&' || c.is_whitespace() || c == '"' || c == ')');
                rest = &rest[end.unwrap_or(rest.len())..];
            }
            out.push_str(rest);
            text = out;
        }
        text
    }
}

/// As it stands in a URL.
fn percent(text: &str) -> String {
    let mut out = String::new();
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() || b"-_.~".contains(&byte) {
            out.push(byte as char);
        } else {
            let _ = write!(out, "%{byte:02X}");
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn secrets_are_read_and_hidden() {
        let dir = tempfile::tempdir().unwrap();
        let file = dir.path().join("credentials");
        std::fs::write(&file, "[default]\n# mine\naws_access_key_id = AKIA1234\nAWS_SECRET_ACCESS_KEY=wJalr/XU+tn\nregion = eu-1\n")
            .unwrap();
        let settings = Settings::read(file.to_str()).unwrap();
        assert_eq!(settings.values[2], ("region".into(), "eu-1".into()));
        let secrets = Secrets::new(&settings);
        let said =
            secrets.hide("PUT http://h/x?a=1&sig=abc%3D&b=2 with wJalr/XU+tn, wJalr%2FXU%2Btn in eu-1");
        assert_eq!(said, "PUT http://h/x?a=1&sig=***&b=2 with ***, *** in eu-1");
        std::fs::write(&file, "a secret alone").unwrap();
        let e = Settings::read(file.to_str()).err().unwrap().to_string();
        assert!(e.contains("line 1") && !e.contains("alone"), "{e}");
        std::fs::write(&file, "{\"type\": \"service_account\"}").unwrap();
        assert!(Settings::read(file.to_str()).unwrap().service_account.is_some());
    }
}
