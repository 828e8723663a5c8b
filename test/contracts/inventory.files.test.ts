import { auditRows } from '../pipeline/audit-rows.ts';
import { inventoryContract } from './inventory.contract.ts';

inventoryContract({ name: 'files', audit: (rows, settings) => auditRows(rows, settings) });
