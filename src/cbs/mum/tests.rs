//! A package manifest with everything in it, version rules, KB numbers.

use super::*;

const ID: &str = "version='6.1.1.6' language='neutral' processorArchitecture='amd64' publicKeyToken='31bf'";

fn mum(body: &str) -> Result<Mum> {
    let text = format!(
        "<assembly xmlns='urn:schemas-microsoft-com:asm.v3' description='Fix' supportInformation='u'>
         <assemblyIdentity name='Package_for_KB2999226' {ID}/>
         <package identifier='KB2999226' releaseType='Update' restart='possible'>{body}</package></assembly>"
    );
    Mum::parse(text.as_bytes(), &Limits::default())
}

#[test]
fn a_package_is_read_whole() {
    let m = mum(&format!(
        "<parent buildCompare='EQ' serviceCompare='GE' integrate='separate' disposition='detect'>
           <assemblyIdentity name='A' {ID}/><assemblyIdentity name='B' {ID}/></parent>
         <installerAssembly name='Stack' {ID}/>
         <customInformation PackageFormat='PSFX'/>
         <packageExtended completelyOfflineCapable='no'/>
         <declareCapability><capability><capabilityIdentity name='C' version='1.0'/></capability></declareCapability>
         <update name='u'><package contained='false' integrate='hidden'><assemblyIdentity name='N' {ID}/></package></update>
         <update name='v'><component><assemblyIdentity name='D' {ID}/></component>
           <applicable disposition='staged'><updateComponent elevate='revision'><assemblyIdentity name='E' {ID}/>
           </updateComponent><detectUpdate><parent name='w'/></detectUpdate></applicable>
           <driver inf='x.inf'><assemblyIdentity name='F' {ID}/></driver><selectable/></update>
         <recall/><recall/>"
    ))
    .unwrap();
    assert_eq!(m.full_name(), "Package_for_KB2999226~31bf~amd64~~6.1.1.6");
    assert_eq!((m.kb().as_deref(), m.description.as_str()), (Some("KB2999226"), "Fix"));
    let p = &m.parents[0];
    assert_eq!((p.identities.len(), &p.build, &p.revision), (2, &Compare::Equal, &Compare::GreaterOrEqual));
    assert_eq!(m.installer.as_ref().unwrap().name, "Stack");
    assert_eq!((m.custom("packageformat"), m.offline_capable()), (Some("PSFX"), Some(false)));
    assert_eq!(m.capabilities[0].name, "C");
    assert_eq!(m.nested().map(|n| n.identity.name.as_str()).collect::<Vec<_>>(), ["N"]);
    let v = &m.updates[1];
    assert_eq!((v.components[0].name.as_str(), v.drivers[0].inf.as_str()), ("D", "x.inf"));
    assert_eq!((&v.applicable[0].components[0].0, v.selectable), (&Elevate::Revision, true));
    assert_eq!((&*v.applicable[0].detects, &*v.applicable[0].other), (&["w".to_owned()][..], &[][..]));
    assert_eq!(m.other, ["recall"]);
}

#[test]
fn versions_compare_by_the_stated_rules() {
    let rule = |attributes: &str, found: &str| {
        let m = mum(&format!("<parent {attributes}><assemblyIdentity name='A' {ID}/></parent>")).unwrap();
        m.parents[0].accepts(found.parse().unwrap(), "6.1.7601.100".parse().unwrap())
    };
    assert_eq!(rule("", "6.1.7601.100"), Some(true));
    assert_eq!(rule("", "6.1.7601.101"), None);
    assert_eq!(rule("", "6.2.7601.100"), Some(false));
    assert_eq!(rule("buildCompare='EQ' serviceCompare='EQ'", "6.1.7601.101"), Some(false));
    assert_eq!(rule("serviceCompare='GE'", "6.1.7601.101"), Some(true));
    assert_eq!(rule("serviceCompare='GE'", "6.1.7601.99"), Some(false));
    assert_eq!(rule("buildCompare='EQ' serviceCompare='GE'", "6.1.7602.100"), Some(false));
    assert_eq!(rule("buildCompare='GE' revisionCompare='GE'", "6.1.7602.1"), Some(true));
    assert_eq!(rule("buildCompare='GE' revisionCompare='GE'", "6.2.7602.1"), Some(false));
    assert_eq!(rule("distributionCompare='GE'", "6.1.7601.101"), Some(true));
    assert_eq!(rule("distributionCompare='EQ'", "6.1.7601.101"), Some(false));
    assert_eq!(rule("serviceCompare='GE' revisionCompare='GE'", "6.1.7601.101"), Some(true));
    assert_eq!(rule("serviceCompare='GE' revisionCompare='EQ'", "6.1.7601.101"), None);
    assert_eq!(rule("revisionCompare='NEAR'", "6.1.7601.101"), None);
    assert_eq!(rule("buildCompare='EQ' revisionCompare='NEAR'", "6.1.7600.100"), Some(false));
}

#[test]
fn kb_numbers_are_found() {
    assert_eq!(kb_number("Package_1_for_KB950051_BF").as_deref(), Some("KB950051"));
    assert_eq!(kb_number("http://support.microsoft.com/?kbid=2999226").as_deref(), Some("KB2999226"));
    assert_eq!(kb_number("KB12"), None);
    assert_eq!(kb_number("http://support.microsoft.com/?kbid=777778"), None);
    assert_eq!(kb_number("Äkb5015684Ä").as_deref(), Some("KB5015684"));
}

#[test]
fn other_documents_are_refused() {
    for bad in ["<a/>", "<assembly/>", "<assembly xmlns='urn:schemas-microsoft-com:asm.v3'/>", ""] {
        assert!(Mum::parse(bad.as_bytes(), &Limits::default()).is_err(), "{bad}");
    }
    assert!(mum("<parent><assemblyIdentity/></parent>").is_err());
    assert!(mum("<parent><assemblyIdentity name='a' version='x'/></parent>").is_err());
}
