using System.Text;
using WsCore.Redis.Hosting;

namespace WsCore.Redis.Bus;

/// <summary>The secret that envelopes are signed with.</summary>
internal static class BusKey
{
    // For Development alone; outside of it the options are refused without a key.
    private const string Development = "wscore development key, known to everybody";

    public static byte[] Of(RedisOptions options) => Encoding.UTF8.GetBytes(options.HmacKey ?? Development);
}
