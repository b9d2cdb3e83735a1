namespace Wimwright
{
    /// <summary>Update files: <c>.msu</c> and <c>.cab</c>.</summary>
    public static partial class UpdatePackage
    {
    }
}
