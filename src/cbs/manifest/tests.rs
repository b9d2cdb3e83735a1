//! One manifest with everything in it, and what must be refused.

use super::*;
use crate::base::sha256;

const ID: &str = "version='1.2.3.4' language='neutral' processorArchitecture='amd64' publicKeyToken='31bf' versionScope='nonSxS'";

fn parse(body: &str) -> Result<Manifest> {
    let text = format!(
        "<assembly xmlns='urn:schemas-microsoft-com:asm.v3'><assemblyIdentity name='C' {ID}/>{body}</assembly>"
    );
    Manifest::parse(text.as_bytes(), &Limits::default())
}

fn hash(value: &str) -> String {
    format!(
        "<a:hash xmlns:a='urn:schemas-microsoft-com:asm.v2' xmlns:d='http://www.w3.org/2000/09/xmldsig#'>
         <d:Transforms><d:Transform Algorithm='urn:schemas-microsoft-com:HashTransforms.Identity'/></d:Transforms>
         <d:DigestMethod Algorithm='http://www.w3.org/2000/09/xmldsig#sha256'/><d:DigestValue>{value}</d:DigestValue></a:hash>"
    )
}

#[test]
fn a_component_is_read_whole() {
    let abc = hash("ungWv48Bz+pBQUDeXa4iI7ADYaOWF3qctBD/YfIAFa0=");
    let m = parse(&format!(
        "<deployment/>
         <dependency resourceType='Resources' optional='yes'><dependentAssembly dependencyType='install'>
           <assemblyIdentity name='C.Resources' language='*' version='1.2.3.4'/></dependentAssembly></dependency>
         <file name='a.dll' destinationPath='$(runtime.system32)\\' sourceName='b.dll' sourcePath='.\\'>
           <securityDescriptor name='S'/><link destination='$(runtime.windows)\\a.dll'/>{abc}<gac/><signatureInfo/></file>
         <directories><directory destinationPath='$(runtime.windows)\\d' owner='true'><securityDescriptor name='S'/></directory></directories>
         <registryKeys><registryKey keyName='HKEY_LOCAL_MACHINE\\K' owner='true'><registryValue name='' valueType='REG_DWORD' value='0x1' mutable='true'/>
           <securityDescriptor name='S'/></registryKey></registryKeys>
         <trustInfo><security><accessControl><securityDescriptorDefinitions>
           <securityDescriptorDefinition name='S' sddl='O:BA' operationHint='replace'/></securityDescriptorDefinitions></accessControl></security></trustInfo>
         <memberships><categoryMembership><id name='Cat' typeName='Service'/><categoryInstance><serviceData/></categoryInstance></categoryMembership>
           <categoryMembership><id name='Cat' typeName='BootRecovery'/></categoryMembership></memberships>
         <localization/><taskScheduler/><taskScheduler/>"
    ))
    .unwrap();
    assert!(m.deployment && m.dependencies[0].optional);
    assert_eq!(m.dependencies[0].identity.language, "*");
    let file = m.file("A.DLL").unwrap();
    assert!(file.plain_hash().unwrap().matches(b"abc"));
    assert_eq!(file.plain_hash(), Some(FileHash::Sha256(sha256(b"abc"))));
    assert_eq!((file.source_name.as_str(), file.descriptor.as_str()), ("b.dll", "S"));
    assert_eq!(file.links, [r"$(runtime.windows)\a.dll"]);
    assert!(m.directories[0].owner);
    assert_eq!(m.registry[0].values[0].data().unwrap(), RegistryData::Dword(1));
    assert_eq!((m.registry[0].descriptor.as_str(), m.registry[0].values[0].mutable), ("S", true));
    assert_eq!(m.descriptors[0].sddl, "O:BA");
    assert_eq!(m.memberships.len(), 2);
    assert_eq!(m.left_to_installers, ["file/gac", "memberships/Service", "taskScheduler"]);
}

#[test]
fn what_does_not_fit_is_refused() {
    assert!(parse(&format!("<file name='a'>{}</file>", hash("AAAA"))).is_err());
    assert!(parse(&format!("<file name='a'>{}</file>", hash("!"))).is_err());
    assert!(parse("<file/>").is_err());
    assert!(parse("<dependency><dependentAssembly/></dependency>").is_err());
    assert!(Manifest::parse(b"DCM\x01PA30", &Limits::default()).is_err());
}
