using System.Text;
using WsCore.Connections;

namespace WsCore.Conflation;

/// <summary>What stands for the sender of a message without a key on every node. It begins with a zero byte, which no key has: in JSON that is an escape.</summary>
internal static class SenderKey
{
    /// <summary>The application's; on all nodes the same.</summary>
    public static readonly byte[] Application = [0];

    /// <summary>A connection's, whose id no other node gives.</summary>
    public static byte[] Of(Connection? sender) => sender is null ? Application : [0, .. Encoding.ASCII.GetBytes(sender.Id)];
}
