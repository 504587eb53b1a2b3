/* SPDX-License-Identifier: Apache-2.0 */
int base_layout( int n ) {
    if(n) return 1;
    return 0;
}
