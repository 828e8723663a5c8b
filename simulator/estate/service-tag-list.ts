/**
 * A few prefixes of Microsoft's published service tags, for the regions of the estates: name, region,
 * system service, prefixes. Regional tags lie within their global ones and within AzureCloud;
 * tags of different services share no address; all lie in the Internet without doubt.
 */
const tags: readonly (readonly [string, string, string, string])[] = [
  [
    'AzureActiveDirectory',
    '',
    'AzureAD',
    '20.20.32.0/19 20.190.128.0/18 20.231.128.0/19 40.126.0.0/18 48.213.128.0/20',
  ],
  [
    'AzureCloud',
    '',
    '',
    '13.69.0.0/17 13.80.0.0/15 20.4.0.0/16 20.38.108.0/23 20.47.18.0/23 20.50.0.0/18 20.61.0.0/16 52.178.0.0/17 52.236.128.0/17 52.239.140.0/22 172.199.0.0/16 172.211.0.0/16 2603:1020:206::/47 4.207.0.0/16 4.208.0.0/15 13.69.128.0/17 13.74.0.0/16 20.33.228.0/23 20.38.64.0/19 20.38.102.0/23 20.54.0.0/17 52.138.128.0/17 52.146.128.0/17 52.239.136.0/22 74.144.0.0/17 2603:1020:5::/48 2603:1020:6::/47 4.158.0.0/15 20.26.0.0/16 20.38.106.0/23 20.60.166.0/23 20.209.6.0/23 51.104.0.0/19 51.105.64.0/20 51.140.128.0/18 51.143.128.0/17 172.166.0.0/15 172.187.64.0/18 2603:1020:705::/48 2603:1020:706::/47 4.182.0.0/16 4.185.0.0/16 20.52.88.0/21 20.60.22.0/23 20.79.0.0/16 20.209.32.0/23 20.209.176.0/23 20.218.128.0/17 48.201.0.0/16 51.116.128.0/18 51.116.224.0/19 2603:1020:c04::/47 4.152.0.0/15 104.208.128.0/17 20.60.56.0/22 20.62.0.0/17 20.41.0.0/18 20.98.192.0/18 20.44.16.0/21 40.70.128.0/17 20.161.0.0/16',
  ],
  [
    'AzureCloud.germanywc',
    'germanywc',
    '',
    '4.182.0.0/16 4.185.0.0/16 20.52.88.0/21 20.60.22.0/23 20.79.0.0/16 20.209.32.0/23 20.209.176.0/23 20.218.128.0/17 48.201.0.0/16 51.116.128.0/18 51.116.224.0/19 2603:1020:c04::/47',
  ],
  [
    'AzureCloud.northeurope',
    'northeurope',
    '',
    '4.207.0.0/16 4.208.0.0/15 13.69.128.0/17 13.74.0.0/16 20.33.228.0/23 20.38.64.0/19 20.38.102.0/23 20.54.0.0/17 52.138.128.0/17 52.146.128.0/17 52.239.136.0/22 74.144.0.0/17 2603:1020:5::/48 2603:1020:6::/47',
  ],
  [
    'AzureCloud.uksouth',
    'uksouth',
    '',
    '4.158.0.0/15 20.26.0.0/16 20.38.106.0/23 20.60.166.0/23 20.209.6.0/23 51.104.0.0/19 51.105.64.0/20 51.140.128.0/18 51.143.128.0/17 172.166.0.0/15 172.187.64.0/18 2603:1020:705::/48 2603:1020:706::/47',
  ],
  [
    'AzureCloud.westeurope',
    'westeurope',
    '',
    '13.69.0.0/17 13.80.0.0/15 20.4.0.0/16 20.38.108.0/23 20.47.18.0/23 20.50.0.0/18 20.61.0.0/16 52.178.0.0/17 52.236.128.0/17 52.239.140.0/22 172.199.0.0/16 172.211.0.0/16 2603:1020:206::/47',
  ],
  [
    'AzureContainerRegistry',
    '',
    'AzureContainerRegistry',
    '13.69.110.0/24 52.178.18.0/23 172.211.120.0/23 2603:1020:206:b::400/122 4.207.245.0/24 13.69.236.0/23 13.69.238.0/24 2603:1020:5:9::300/122 51.104.9.128/25 51.105.69.128/25 172.187.84.0/24 2603:1020:705:3::480/122 20.52.88.64/26 20.218.191.64/26 51.116.254.128/25 2603:1020:c04:5::c0/122 104.208.200.0/23',
  ],
  [
    'AzureContainerRegistry.GermanyWestCentral',
    'germanywc',
    'AzureContainerRegistry',
    '20.52.88.64/26 20.218.191.64/26 51.116.254.128/25 2603:1020:c04:5::c0/122',
  ],
  [
    'AzureContainerRegistry.NorthEurope',
    'northeurope',
    'AzureContainerRegistry',
    '4.207.245.0/24 13.69.236.0/23 13.69.238.0/24 2603:1020:5:9::300/122',
  ],
  [
    'AzureContainerRegistry.UKSouth',
    'uksouth',
    'AzureContainerRegistry',
    '51.104.9.128/25 51.105.69.128/25 172.187.84.0/24 2603:1020:705:3::480/122',
  ],
  [
    'AzureContainerRegistry.WestEurope',
    'westeurope',
    'AzureContainerRegistry',
    '13.69.110.0/24 52.178.18.0/23 172.211.120.0/23 2603:1020:206:b::400/122',
  ],
  [
    'AzureFrontDoor.Backend',
    '',
    '',
    '4.188.12.0/28 4.189.206.32/28 4.191.90.16/28 69.15.0.0/16 147.243.0.0/16',
  ],
  [
    'AzureFrontDoor.FirstParty',
    '',
    'AzureFrontDoor',
    '13.107.4.0/22 13.107.64.0/18 13.107.128.0/19 150.171.32.0/19 150.171.72.0/21',
  ],
  [
    'AzureFrontDoor.Frontend',
    '',
    '',
    '13.107.234.0/23 13.107.238.0/23 40.90.64.0/22 40.90.70.0/23 150.171.84.0/22',
  ],
  [
    'AzureKeyVault',
    '',
    'AzureKeyVault',
    '13.69.64.72/30 13.69.111.192/30 20.61.103.224/29 13.69.227.72/30 13.74.111.148/30 52.146.137.168/29 51.105.71.160/30 51.105.77.56/30 51.143.212.184/29 20.52.88.144/29 20.52.88.152/30 51.116.154.64/30 20.62.60.128/27',
  ],
  [
    'AzureKeyVault.GermanyWestCentral',
    'germanywc',
    'AzureKeyVault',
    '20.52.88.144/29 20.52.88.152/30 51.116.154.64/30',
  ],
  [
    'AzureKeyVault.NorthEurope',
    'northeurope',
    'AzureKeyVault',
    '13.69.227.72/30 13.74.111.148/30 52.146.137.168/29',
  ],
  [
    'AzureKeyVault.UKSouth',
    'uksouth',
    'AzureKeyVault',
    '51.105.71.160/30 51.105.77.56/30 51.143.212.184/29',
  ],
  [
    'AzureKeyVault.WestEurope',
    'westeurope',
    'AzureKeyVault',
    '13.69.64.72/30 13.69.111.192/30 20.61.103.224/29',
  ],
  [
    'AzureMachineLearning',
    '',
    'AzureMachineLearning',
    '13.69.64.192/28 13.69.106.192/28 13.80.192.224/27 4.208.127.0/27 4.208.127.32/28 13.69.227.192/28 51.104.8.64/27 51.104.24.96/28 172.166.242.32/27 48.201.170.0/27 48.201.170.32/28 51.116.155.112/28 20.98.195.64/27',
  ],
  [
    'AzureMachineLearning.GermanyWestCentral',
    'germanywc',
    'AzureMachineLearning',
    '48.201.170.0/27 48.201.170.32/28 51.116.155.112/28',
  ],
  [
    'AzureMachineLearning.NorthEurope',
    'northeurope',
    'AzureMachineLearning',
    '4.208.127.0/27 4.208.127.32/28 13.69.227.192/28',
  ],
  [
    'AzureMachineLearning.UKSouth',
    'uksouth',
    'AzureMachineLearning',
    '51.104.8.64/27 51.104.24.96/28 172.166.242.32/27',
  ],
  [
    'AzureMachineLearning.WestEurope',
    'westeurope',
    'AzureMachineLearning',
    '13.69.64.192/28 13.69.106.192/28 13.80.192.224/27',
  ],
  [
    'AzureMonitor',
    '',
    'AzureMonitor',
    '13.80.199.128/25 13.81.159.0/24 172.199.21.0/24 4.207.185.0/24 4.207.252.192/26 74.144.24.0/24 4.158.131.160/27 4.158.131.192/26 172.187.86.192/26 4.182.43.192/26 4.182.44.128/26 4.185.34.128/26 20.161.204.0/24',
  ],
  [
    'AzureMonitor.GermanyWestCentral',
    'germanywc',
    'AzureMonitor',
    '4.182.43.192/26 4.182.44.128/26 4.185.34.128/26',
  ],
  [
    'AzureMonitor.NorthEurope',
    'northeurope',
    'AzureMonitor',
    '4.207.185.0/24 4.207.252.192/26 74.144.24.0/24',
  ],
  [
    'AzureMonitor.UKSouth',
    'uksouth',
    'AzureMonitor',
    '4.158.131.160/27 4.158.131.192/26 172.187.86.192/26',
  ],
  [
    'AzureMonitor.WestEurope',
    'westeurope',
    'AzureMonitor',
    '13.80.199.128/25 13.81.159.0/24 172.199.21.0/24',
  ],
  [
    'AzureResourceManager',
    '',
    'AzureResourceManager',
    '13.69.67.32/28 13.69.114.0/23 20.61.100.0/23 13.69.229.224/28 13.69.234.0/23 52.146.134.0/23 51.104.8.224/28 51.105.78.0/23 51.143.210.0/23 51.116.150.0/23 51.116.156.32/28 51.116.159.0/24 20.44.20.0/23',
  ],
  [
    'AzureResourceManager.GermanyWestCentral',
    'germanywc',
    'AzureResourceManager',
    '51.116.150.0/23 51.116.156.32/28 51.116.159.0/24',
  ],
  [
    'AzureResourceManager.NorthEurope',
    'northeurope',
    'AzureResourceManager',
    '13.69.229.224/28 13.69.234.0/23 52.146.134.0/23',
  ],
  [
    'AzureResourceManager.UKSouth',
    'uksouth',
    'AzureResourceManager',
    '51.104.8.224/28 51.105.78.0/23 51.143.210.0/23',
  ],
  [
    'AzureResourceManager.WestEurope',
    'westeurope',
    'AzureResourceManager',
    '13.69.67.32/28 13.69.114.0/23 20.61.100.0/23',
  ],
  [
    'BatchNodeManagement',
    '',
    'BatchNodeManagement',
    '13.69.65.64/26 13.69.106.128/26 20.50.1.64/26 13.69.229.32/27 13.74.107.128/27 20.38.85.224/27 51.104.28.0/27 51.105.66.224/27 51.105.74.224/27 51.116.144.224/27 51.116.154.32/27 51.116.243.0/27 20.41.5.224/27',
  ],
  [
    'BatchNodeManagement.GermanyWestCentral',
    'germanywc',
    'BatchNodeManagement',
    '51.116.144.224/27 51.116.154.32/27 51.116.243.0/27',
  ],
  [
    'BatchNodeManagement.NorthEurope',
    'northeurope',
    'BatchNodeManagement',
    '13.69.229.32/27 13.74.107.128/27 20.38.85.224/27',
  ],
  [
    'BatchNodeManagement.UKSouth',
    'uksouth',
    'BatchNodeManagement',
    '51.104.28.0/27 51.105.66.224/27 51.105.74.224/27',
  ],
  [
    'BatchNodeManagement.WestEurope',
    'westeurope',
    'BatchNodeManagement',
    '13.69.65.64/26 13.69.106.128/26 20.50.1.64/26',
  ],
  [
    'MicrosoftContainerRegistry',
    '',
    'MicrosoftContainerRegistry',
    '13.69.64.80/29 13.69.106.72/29 52.236.186.72/29 13.69.227.80/29 13.74.107.72/29 52.138.226.72/29 51.105.66.136/29 51.105.74.136/29 51.140.146.192/29 51.116.154.80/29 51.116.242.136/29 51.116.250.136/29 40.70.146.80/29',
  ],
  [
    'MicrosoftContainerRegistry.GermanyWestCentral',
    'germanywc',
    'MicrosoftContainerRegistry',
    '51.116.154.80/29 51.116.242.136/29 51.116.250.136/29',
  ],
  [
    'MicrosoftContainerRegistry.NorthEurope',
    'northeurope',
    'MicrosoftContainerRegistry',
    '13.69.227.80/29 13.74.107.72/29 52.138.226.72/29',
  ],
  [
    'MicrosoftContainerRegistry.UKSouth',
    'uksouth',
    'MicrosoftContainerRegistry',
    '51.105.66.136/29 51.105.74.136/29 51.140.146.192/29',
  ],
  [
    'MicrosoftContainerRegistry.WestEurope',
    'westeurope',
    'MicrosoftContainerRegistry',
    '13.69.64.80/29 13.69.106.72/29 52.236.186.72/29',
  ],
  [
    'Storage',
    '',
    'AzureStorage',
    '20.38.108.0/23 20.47.18.0/23 52.239.140.0/22 2603:1020:207::/48 20.33.228.0/23 20.38.102.0/23 52.239.136.0/22 2603:1020:6::/49 20.38.106.0/23 20.60.166.0/23 20.209.6.0/23 2603:1020:706::/48 20.60.22.0/23 20.209.32.0/23 20.209.176.0/23 2603:1020:c05::/48 20.60.56.0/22',
  ],
  [
    'Storage.GermanyWestCentral',
    'germanywc',
    'AzureStorage',
    '20.60.22.0/23 20.209.32.0/23 20.209.176.0/23 2603:1020:c05::/48',
  ],
  [
    'Storage.NorthEurope',
    'northeurope',
    'AzureStorage',
    '20.33.228.0/23 20.38.102.0/23 52.239.136.0/22 2603:1020:6::/49',
  ],
  [
    'Storage.UKSouth',
    'uksouth',
    'AzureStorage',
    '20.38.106.0/23 20.60.166.0/23 20.209.6.0/23 2603:1020:706::/48',
  ],
  [
    'Storage.WestEurope',
    'westeurope',
    'AzureStorage',
    '20.38.108.0/23 20.47.18.0/23 52.239.140.0/22 2603:1020:207::/48',
  ],
];

/** The response of Azure's service tag list (`GET …/locations/{location}/serviceTags`), as one row. */
export function serviceTagListRow(subscriptionId: string): object {
  return {
    name: 'Public',
    id: `/subscriptions/${subscriptionId}/providers/Microsoft.Network/serviceTags/Public`,
    type: 'Microsoft.Network/serviceTags',
    changeNumber: '284',
    cloud: 'Public',
    values: tags.map(([name, region, systemService, prefixes]) => ({
      name,
      id: name,
      serviceTagChangeNumber: '284',
      properties: {
        changeNumber: '12',
        region,
        state: 'GA',
        systemService,
        addressPrefixes: prefixes.split(' '),
      },
    })),
  };
}

/** The prefixes of one listed tag, or none. */
export function prefixesOfTag(name: string): readonly string[] {
  const tag = tags.find(([listed]) => listed === name);
  return tag === undefined ? [] : tag[3].split(' ');
}
