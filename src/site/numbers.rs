//! States as numbers: those that Configuration Manager documents for the same records.

use serde::{Serialize, Serializer};

/// A number with a documented meaning: written as the number, named for people.
macro_rules! numbered {
    ($(#[$doc:meta])* $name:ident { $($(#[$item:meta])* $variant:ident = $number:literal, $word:literal;)* }) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
        #[non_exhaustive]
        #[repr(u32)]
        pub enum $name { $($(#[$item])* $variant = $number,)* }

        impl $name {
            /// Every one, with its number and its name.
            pub const ALL: &[Self] = &[$(Self::$variant,)*];

            /// The documented number.
            pub const fn number(self) -> u32 {
                self as u32
            }

            /// The name, in small letters.
            pub const fn word(self) -> &'static str {
                match self { $(Self::$variant => $word,)* }
            }

            #[allow(dead_code, reason = "not every number is read back")]
            pub(super) fn of(number: u32) -> Option<Self> {
                Self::ALL.iter().copied().find(|v| v.number() == number)
            }
        }

        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str(self.word())
            }
        }

        impl Serialize for $name {
            fn serialize<S: Serializer>(&self, s: S) -> Result<S::Ok, S::Error> {
                s.serialize_u32(self.number())
            }
        }
    };
}

numbered! {
    /// What is known of one update and one index.
    UpdateState {
        /// It could not be told, or the update failed.
        Unknown = 0, "unknown";
        /// The index has no use for it.
        NotRequired = 1, "not required";
        /// The index has it.
        Installed = 2, "installed";
        /// It applies and is not there yet.
        Applicable = 3, "applicable";
        /// Whether it applies cannot be told.
        NotSupported = 4, "check not supported";
        /// It was laid in though whether it applies cannot be told.
        InstalledNotSupported = 5, "installed, check not supported";
    }
}

numbered! {
    /// What a schedule is to do.
    Action {
        /// Nothing: it is over.
        None = 0, "none";
        /// Service the package.
        Install = 1, "install";
        /// It was cancelled.
        Cancel = 2, "cancel";
    }
}

numbered! {
    /// How far a schedule is.
    ScheduleState {
        /// It waits for nothing.
        None = 0, "none";
        /// It waits for its time.
        Scheduled = 1, "scheduled";
        /// Its run is going on.
        Running = 2, "running";
        /// Its last run succeeded.
        Succeeded = 3, "succeeded";
        /// Its last run failed.
        Failed = 4, "failed";
    }
}

numbered! {
    /// How a servicing run stands.
    RunStatus {
        /// It goes on, or was interrupted and can be resumed.
        Running = 1, "running";
        /// It did what it was to do.
        Success = 2, "success";
        /// It failed, and changed nothing.
        Failed = 3, "failed";
    }
}

numbered! {
    /// How a package stands on a distribution point.
    DistributionState {
        /// It is there.
        Installed = 0, "installed";
        /// It is being sent.
        InstallPending = 1, "install pending";
        /// Sending it failed and is tried again.
        InstallRetrying = 2, "install retrying";
        /// It could not be sent, or is not whole there.
        InstallFailed = 3, "install failed";
        /// It is being taken away.
        RemovalPending = 4, "removal pending";
        /// Taking it away failed and is tried again.
        RemovalRetrying = 5, "removal retrying";
        /// It could not be taken away.
        RemovalFailed = 6, "removal failed";
        /// A newer version is being sent; the older one is there.
        ContentUpdating = 7, "content updating";
        /// It is there and is being validated.
        ContentMonitoring = 8, "content monitoring";
    }
}
