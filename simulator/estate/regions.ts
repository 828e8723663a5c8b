/** A region as the estates use it, with the spellings that differ between Azure's services. */
export interface Region {
  /** As `location` carries it. */
  readonly location: string;
  /** As service tags other than AzureCloud end. */
  readonly tagSuffix: string;
  /** As `AzureCloud.<…>` ends; not every region is spelled alike there. */
  readonly cloudSuffix: string;
  /** First two octets of public addresses handed out in the region. */
  readonly publicNetwork: string;
}

export const westEurope: Region = {
  location: 'westeurope',
  tagSuffix: 'WestEurope',
  cloudSuffix: 'westeurope',
  publicNetwork: '20.4',
};
export const northEurope: Region = {
  location: 'northeurope',
  tagSuffix: 'NorthEurope',
  cloudSuffix: 'northeurope',
  publicNetwork: '20.54',
};
export const ukSouth: Region = {
  location: 'uksouth',
  tagSuffix: 'UKSouth',
  cloudSuffix: 'uksouth',
  publicNetwork: '20.26',
};
/** Its AzureCloud tag is `AzureCloud.germanywc`. */
export const germanyWestCentral: Region = {
  location: 'germanywestcentral',
  tagSuffix: 'GermanyWestCentral',
  cloudSuffix: 'germanywc',
  publicNetwork: '20.79',
};

export const regions: readonly Region[] = [westEurope, northEurope, ukSouth, germanyWestCentral];

/** A region of the estates other than this one. */
export function anotherRegion(region: Region): Region {
  return region === northEurope ? ukSouth : northEurope;
}
