# The folder of a site: the one that is given, else the environment's, else the current folder.
function Resolve-WwSite {
    param([string] $Site)

    if (-not $Site) { $Site = $env:WRIGHT_SITE }
    if (-not $Site) { $Site = '.' }
    Resolve-WwPath $Site
}
