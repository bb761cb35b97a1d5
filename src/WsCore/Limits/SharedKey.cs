using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;

namespace WsCore.Limits;

/// <summary>A user, or an address: all of an IPv4 address, the /64 of an IPv6 one, which is what one customer gets.</summary>
internal readonly struct SharedKey : IEquatable<SharedKey>
{
    private const int PrefixBytes = 8;
    private const int AddressBytes = 16;

    private readonly string? _user;
    private readonly ulong _address;
    private readonly bool _isIPv6;

    private SharedKey(string? user, ulong address, bool isIPv6) => (_user, _address, _isIPv6) = (user, address, isIPv6);

    public static SharedKey Of(string user) => new(user, 0, isIPv6: false);

    public static SharedKey Of(IPAddress address)
    {
        Span<byte> bytes = stackalloc byte[AddressBytes];
        var plain = address.IsIPv4MappedToIPv6 ? address.MapToIPv4() : address;
        plain.TryWriteBytes(bytes, out _);
        return plain.AddressFamily == AddressFamily.InterNetwork
            ? new SharedKey(null, BinaryPrimitives.ReadUInt32BigEndian(bytes), isIPv6: false)
            : new SharedKey(null, BinaryPrimitives.ReadUInt64BigEndian(bytes[..PrefixBytes]), isIPv6: true);
    }

    public bool Equals(SharedKey other) => _address == other._address && _isIPv6 == other._isIPv6 && string.Equals(_user, other._user, StringComparison.Ordinal);

    public override bool Equals(object? obj) => obj is SharedKey other && Equals(other);

    /// <summary>Seeded by the process: strangers choose their addresses.</summary>
    public override int GetHashCode() => HashCode.Combine(_user, _address, _isIPv6);
}
