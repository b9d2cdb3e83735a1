//! Sessions: plan, stage into overlays, commit, receipt.
