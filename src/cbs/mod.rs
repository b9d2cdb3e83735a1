//! Component Based Servicing: identities, keyforms, mum and manifest models, the component store's layout.
