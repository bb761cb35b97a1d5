using Microsoft.Extensions.Options;

namespace WsCore.Hosting;

/// <summary>The ranges that the options' attributes give.</summary>
[OptionsValidator]
internal sealed partial class WsCoreOptionsValidator : IValidateOptions<WsCoreOptions>;
