namespace WsCore.TestKit.Redis;

/// <summary>Redis answered with an error; its text.</summary>
internal sealed class RedisErrorException(string message) : Exception(message);
