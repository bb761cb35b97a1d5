using System.Collections.Frozen;
using System.Diagnostics.Metrics;
using System.Globalization;
using WsCore.Framing;
using WsCore.Limits;
using WsCore.Protocol;

namespace WsCore.Diagnostics;

/// <summary>What happens per message and per connection, as instruments of the meter <c>WsCore</c>.</summary>
/// <remarks>Thread-safe. Costs next to nothing while nobody listens. What is read rather than counted is in <see cref="NodeGauges"/>.</remarks>
internal sealed class WsCoreMetrics
{
    /// <summary>Name of the meter.</summary>
    public const string MeterName = "WsCore";

    private static readonly KeyValuePair<string, object?>[] Types = [.. LowerNames<MessageType>().Select(name => new KeyValuePair<string, object?>("type", name))];
    // Clients may close with any code from 3000 to 4999: what they make up is one series, not two thousand.
    private static readonly FrozenDictionary<ushort, string> Codes = new ushort[]
    {
        CloseCodes.Normal, CloseCodes.GoingAway, CloseCodes.ProtocolError, CloseCodes.UnsupportedData, CloseCodes.NoStatus, 1006, CloseCodes.InvalidPayload,
        CloseCodes.PolicyViolation, CloseCodes.TooBig, 1010, CloseCodes.InternalError, 1012, 1013, 1014, CloseCodes.Unauthenticated, CloseCodes.Forbidden,
        CloseCodes.Disconnected, CloseCodes.SlowReader, CloseCodes.RateLimited, CloseCodes.HeartbeatLost, CloseCodes.ServerFull, CloseCodes.Unavailable, CloseCodes.Drain,
    }.ToFrozenDictionary(code => code, code => code.ToString(CultureInfo.InvariantCulture));

    private static readonly string[] KnownErrors =
    [
        ErrorCodes.ParseError, ErrorCodes.InvalidMessage, ErrorCodes.UnknownType, ErrorCodes.TooLarge, ErrorCodes.RateLimited, ErrorCodes.Unauthenticated, ErrorCodes.TokenExpired,
        ErrorCodes.Forbidden, ErrorCodes.NotJoined, ErrorCodes.TooManyRooms, ErrorCodes.NotFound, ErrorCodes.Conflict, ErrorCodes.Unavailable, ErrorCodes.InternalError,
    ];

    private static readonly string[] Outcomes = ["recovered", "not_recovered", "overtaken"];

    // As objects already: to make one for each refusal would be garbage of whoever floods the door.
    private static readonly FrozenDictionary<int, object> RefusalStatuses = new[] { 400, 401, 403, 426, 503 }.ToFrozenDictionary(status => status, status => (object)status);

    private static readonly object[] ScopeNames = LowerNames<RateScope>();
    private static readonly object[] KindNames = LowerNames<RateKind>();

    private readonly Counter<long> _received;
    private readonly Counter<long> _receivedBytes;
    private readonly Counter<long> _errors;
    private readonly Counter<long> _closes;
    private readonly Counter<long> _refused;
    private readonly Counter<long> _duplicates;
    private readonly Counter<long> _recoveries;
    private readonly Counter<long> _rateLimited;
    private readonly Counter<long> _notTold;

    public WsCoreMetrics(IMeterFactory factory)
    {
        Meter = factory.Create(MeterName);
        Lanes = new LaneMetrics(Meter);
        _received = Meter.CreateCounter<long>("wscore.messages.received", "{message}", "Messages of clients, by type.");
        _receivedBytes = Meter.CreateCounter<long>("wscore.messages.received.size", "By", "Bytes of the messages of clients, by type.");
        _errors = Meter.CreateCounter<long>("wscore.errors", "{error}", "Errors told to clients, by code.");
        _closes = Meter.CreateCounter<long>("wscore.connections.closed", "{connection}", "Connections that ended, by close code; 1006 where there was none, other where it is not one of the protocol.");
        _refused = Meter.CreateCounter<long>("wscore.handshakes.refused", "{request}", "Requests that did not become connections, by HTTP status.");
        _recoveries = Meter.CreateCounter<long>("wscore.recoveries", "{join}", "Joins with a position to go on from, by outcome.");
        _duplicates = Meter.CreateCounter<long>("wscore.once.duplicates", "{request}", "Repeated requests with 'once' that took no effect.");
        _rateLimited = Meter.CreateCounter<long>("wscore.rate_limited", "{message}", "Messages and control frames over a rate limit, by whose it is and what it counts.");
        _notTold = Meter.CreateCounter<long>("wscore.reliable.given_up.not_told", "{message}", "Messages given up that hooks were not told of, because too many waited for them.");
        BeginAtZero();
    }

    public Meter Meter { get; }

    /// <summary>What is measured of the lanes' turns.</summary>
    public LaneMetrics Lanes { get; }

    /// <summary>Somebody listens to how long deliveries take: messages are to be stamped when they are read.</summary>
    public bool MeasuresDelivery => Lanes.MeasuresDelivery;

    public void Received(MessageType type, int bytes)
    {
        if (_received.Enabled || _receivedBytes.Enabled)
        {
            _received.Add(1, Types[(int)type]);
            _receivedBytes.Add(bytes, Types[(int)type]);
        }
    }

    public void Error(string code)
    {
        if (_errors.Enabled)
        {
            _errors.Add(1, new KeyValuePair<string, object?>("code", code));
        }
    }

    public void RateLimited(RateScope scope, RateKind kind)
    {
        if (_rateLimited.Enabled)
        {
            _rateLimited.Add(1, new KeyValuePair<string, object?>("scope", ScopeNames[(int)scope]), new KeyValuePair<string, object?>("kind", KindNames[(int)kind]));
        }
    }

    public void Closed(ushort code)
    {
        if (_closes.Enabled)
        {
            _closes.Add(1, new KeyValuePair<string, object?>("code", Codes.GetValueOrDefault(code, "other")));
        }
    }

    /// <summary>A request was answered from memory, because it had been carried out before.</summary>
    public void Duplicate() => _duplicates.Add(1);

    public void GivenUpNotTold(int messages) => _notTold.Add(messages);

    /// <summary>A join with a <c>since</c>: <c>recovered</c>, <c>not_recovered</c>, or recovered and then <c>overtaken</c>, because it read too slowly.</summary>
    public void Recovery(string outcome) => _recoveries.Add(1, new KeyValuePair<string, object?>("outcome", outcome));

    public void Refused(int status)
    {
        if (_refused.Enabled)
        {
            _refused.Add(1, new KeyValuePair<string, object?>("status", RefusalStatuses.TryGetValue(status, out var known) ? known : status));
        }
    }

    /// <summary>A counter that nobody has seen at 0 has no rate when it is first more; whoever listens already sees all that are known.</summary>
    private void BeginAtZero()
    {
        foreach (var type in Types)
        {
            _received.Add(0, type);
            _receivedBytes.Add(0, type);
        }

        foreach (var code in KnownErrors)
        {
            _errors.Add(0, new KeyValuePair<string, object?>("code", code));
        }

        foreach (var code in Codes.Values)
        {
            _closes.Add(0, new KeyValuePair<string, object?>("code", code));
        }

        foreach (var status in RefusalStatuses.Values)
        {
            _refused.Add(0, new KeyValuePair<string, object?>("status", status));
        }

        foreach (var outcome in Outcomes)
        {
            _recoveries.Add(0, new KeyValuePair<string, object?>("outcome", outcome));
        }

        foreach (var scope in ScopeNames)
        {
            foreach (var kind in KindNames)
            {
                _rateLimited.Add(0, new KeyValuePair<string, object?>("scope", scope), new KeyValuePair<string, object?>("kind", kind));
            }
        }

        _duplicates.Add(0);
        _notTold.Add(0);
    }

    private static object[] LowerNames<T>()
        where T : struct, Enum => [.. Enum.GetNames<T>().Select(name => name.ToLowerInvariant())];
}
