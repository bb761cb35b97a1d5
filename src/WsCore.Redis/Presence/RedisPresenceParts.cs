using Microsoft.Extensions.Logging;
using WsCore.Presence;
using WsCore.Redis.Bus;
using WsCore.Redis.Keys;
using WsCore.Redis.Link;
using WsCore.Redis.Nodes;

namespace WsCore.Redis.Presence;

/// <summary>What presence over Redis is made of, but for the node that it tells.</summary>
internal sealed record RedisPresenceParts(IRedisLink Link, RedisKeys Keys, BusCodec Codec, NodeDirectory Nodes, PresenceOptions Options, TimeProvider Time, ILogger Logger);
