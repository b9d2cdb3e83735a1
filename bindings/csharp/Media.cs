namespace Wimwright
{
    /// <summary>Media of Windows Setup.</summary>
    public static partial class Media
    {
    }
}
