using Microsoft.Extensions.Options;

namespace WsCore.Redis.Hosting;

/// <summary>The ranges that the options' attributes give.</summary>
[OptionsValidator]
internal sealed partial class RedisOptionsValidator : IValidateOptions<RedisOptions>;
