using System;
using System.Collections.Generic;
using Wimwright.Native;

namespace Wimwright
{
    public sealed partial class Site
    {
        /// <summary>Adds a distribution point. Gives all of them.</summary>
        /// <param name="name">Its name.</param>
        /// <param name="url">A folder, s3://, az://, gs://; http(s):// for validating.</param>
        /// <param name="endpoint">The server, where it is not the provider's own.</param>
        /// <param name="region">The region.</param>
        /// <param name="credentials">A file with credentials; null takes them from the environment.</param>
        /// <param name="allowHttp">Accept plain HTTP to the endpoint.</param>
        public IReadOnlyList<DistributionPoint> AddPoint(
            string name, string url, string endpoint = null, string region = null, string credentials = null,
            bool allowHttp = false)
        {
            using (var memory = new Memory())
            {
                var options = default(PointOptions);
                options.StructSize = Memory.Size<PointOptions>();
                options.Name = memory.Text(name);
                options.Url = memory.Text(url);
                options.Endpoint = memory.Text(endpoint);
                options.Region = memory.Text(region);
                options.Credentials = memory.Text(credentials);
                options.AllowHttp = allowHttp ? 1u : 0u;
                uint status = NativeMethods.ww_site_point_add(handle, ref options, out IntPtr json, out IntPtr error);
                return new DistributionPointList(Call.PlainDocument(status, json, error)).Points;
            }
        }
    }
}
