using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;
using WsCore.Reliability;

namespace WsCore.Redis.Once;

/// <summary>What stands for a request's <c>once</c> and its user in a key of Redis: of one length, whatever a client chose.</summary>
internal static class OnceDigest
{
    /// <summary>SHA-256 over whether there is a user, the length of the user's name, that name, and the <c>once</c>.</summary>
    public static byte[] Of(OnceKey key)
    {
        var (user, once) = (Encoding.UTF8.GetBytes(key.User ?? ""), Encoding.UTF8.GetBytes(key.Once));
        var bytes = new byte[1 + sizeof(int) + user.Length + once.Length];
        bytes[0] = key.User is null ? (byte)0 : (byte)1;
        BinaryPrimitives.WriteInt32BigEndian(bytes.AsSpan(1), user.Length);
        user.CopyTo(bytes, 1 + sizeof(int));
        once.CopyTo(bytes, 1 + sizeof(int) + user.Length);
        return SHA256.HashData(bytes);
    }
}
